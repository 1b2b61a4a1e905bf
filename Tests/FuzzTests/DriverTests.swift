import Foundation
import TestSupport
import Testing

/// The guard itself: a reader with one fault of each kind must be found out.
@Suite("recallbench-fuzz")
struct DriverTests {
  private struct Outcome {
    var status: Int32
    var output: String
  }

  private func fuzz(_ arguments: [String]) throws -> Outcome {
    let process = Process()
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(filePath: tests).deletingLastPathComponent()
      .appending(path: "recallbench-fuzz")
    process.arguments = arguments
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
  }

  @Test func findsEveryKindOfFault() throws {
    let temporary = try TemporaryFolder()
    let found = temporary.file("found")
    let outcome = try fuzz([
      "--targets", "selftest", "--seconds", "4", "--fixtures", FoundInputsTests.fixtures.path,
      "--findings", found.path,
    ])
    #expect(outcome.status == 1, "\(outcome.output)")
    let names = try FileManager.default.contentsOfDirectory(
      atPath: found.appending(path: "selftest").path)
    for kind in ["trap", "other", "memory", "hang"] {
      let file = try #require(names.first { $0.hasPrefix(kind + "-") }, "\(outcome.output)")
      // Each fault needs only its first letter; what hangs is left as it is.
      let size = try Data(contentsOf: found.appending(path: "selftest/\(file)")).count
      #expect(size == (kind == "hang" ? 4 : 1) || names.count > 4, "\(names)")
    }
  }

  @Test func isQuietWhereNothingIsFound() throws {
    let temporary = try TemporaryFolder()
    let outcome = try fuzz([
      "--targets", "loss,npy", "--seconds", "2", "--fixtures", FoundInputsTests.fixtures.path,
      "--findings", temporary.file("found").path,
    ])
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
