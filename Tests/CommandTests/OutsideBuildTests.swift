import Foundation
import Testing

/// Packages that depend on RecallBench as a user's would, built by a SwiftPM of their own, which
/// compiles all of RecallBench again. From nothing that takes minutes, so it is asked for.
@Suite(
  "A package of one's own, built outside", .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["RECALLBENCH_OUTSIDE_BUILD"] != nil,
    "compiles RecallBench again, which takes minutes; set RECALLBENCH_OUTSIDE_BUILD=1 to run it"),
  .disabled(if: OwnPackage.obstacle != nil, Comment(rawValue: OwnPackage.obstacle ?? "")))
struct OutsideBuildTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  /// Builds a package's program and its tests, and runs these. Not plain `swift build`, which compiles
  /// what the dependencies have besides.
  private func test(_ package: URL) throws {
    for arguments in [
      SwiftTool.package("build", package) + ["--product", "own-loss"],
      SwiftTool.package("test", package)
        + ["--disable-testable-imports", "--test-product", "OwnLossPackageTests"],
    ] {
      let result = try SwiftTool.run(arguments: arguments, seconds: 2400)
      let lines = result.output.split(separator: "\n").map(String.init) + result.errors
      let end = lines.suffix(40).joined(separator: "\n")
      try #require(result.status == 0, "\(end)")
      #expect(arguments[0] == "build" || end.contains("Test run with 2 tests"), "\(end)")
    }
  }

  private func check(_ loss: String) throws {
    let program = SwiftTool.scratch.appending(path: "release/own-loss")
    let check = try Command(
      ["losses", "check", loss], in: place.url, executable: program
    ).finish()
    #expect(check.output.hasSuffix("\nall claimed properties hold\n"), "\(check.output)")
    #expect(check.status == 0)
  }

  @Test func exampleIsBuiltAndTested() throws {
    try test(OwnPackage.example)
    try check("2 * poly1 + lovasz")
  }

  @Test func newPackageIsBuiltAndTested() throws {
    let new = try Command.run(
      ["losses", "new", "TrialLoss", "--package", "mine"], in: place.url)
    #expect(new.status == 0, "\(new.errors)")
    try OwnPackage.pin(place.file("mine"))
    try test(place.file("mine"))
    try check("trial_loss")
  }
}

/// The example under `benchmarks`.
enum OwnPackage {
  static let example = SwiftTool.root.appending(path: "benchmarks/own-loss")

  /// Why it cannot be built here; nil if nothing but itself can be the reason.
  static let obstacle: String? = {
    guard ProcessInfo.processInfo.environment["RECALLBENCH_OUTSIDE_BUILD"] != nil else {
      return nil
    }
    guard SwiftTool.isThere else { return SwiftTool.missing }
    do {
      try pin(example)
      let result = try SwiftTool.run(
        arguments: [
          "package", "--package-path", example.path, "--scratch-path", SwiftTool.scratch.path,
          "resolve",
        ])
      let text = result.errors.joined(separator: "; ")
      let isNetwork = [
        "resolve host", "unable to access", "Failed to clone", "Couldn’t fetch", "failed to fetch",
        "remote.origin.url", "Network", "timed out",
      ].contains { text.contains($0) }
      return result.status != 0 && isNetwork
        ? "its dependencies are neither stored nor to be had over the network: \(text)" : nil
    } catch { return "swift cannot be run: \(error)" }
  }()

  /// Gives a package the versions of RecallBench's own dependencies: those are stored already.
  static func pin(_ package: URL) throws {
    let (pins, own) = (
      SwiftTool.root.appending(path: "Package.resolved"),
      package.appending(path: "Package.resolved")
    )
    guard FileManager.default.fileExists(atPath: pins.path) else { return }
    try? FileManager.default.removeItem(at: own)
    try FileManager.default.copyItem(at: pins, to: own)
  }
}
