import Foundation
import Testing

/// A few of the faults that `make crash-test` tries.
@Suite struct CrashTests {
  private static let missing: String? = ["strace", "gnuplot", "python3"].first { !isThere($0) }

  private static func isThere(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  @Test(.enabled(if: missing == nil, "\(missing ?? "") is not installed"))
  func commandsThatWereDisturbedEndAsIfNothingHadBeen() throws {
    let place = try Workplace()
    let result = try Command(
      [
        "python3", SwiftTool.root.appending(path: "Tests/Crash/crash.py").path,
        Command.executable.path, "--points", "16", "--commands", "sweep,results pack,export",
        "--work", "crash", "--jobs", "2",
      ], in: place.url, executable: URL(filePath: "/usr/bin/env")
    ).finish()
    // Some systems let nobody watch another process.
    if result.errors.contains(where: { $0.hasPrefix("error: strace cannot watch") }) { return }
    #expect(result.status == 0, "\(result.errors) \(result.output)")
    #expect(!result.output.contains("FAILED"))
  }
}
