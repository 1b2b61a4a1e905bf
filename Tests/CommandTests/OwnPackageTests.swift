import Foundation
import RecallBench
import Testing

/// Packages that depend on RecallBench as a user's would, built by a SwiftPM of their own. From
/// nothing that takes minutes.
@Suite(
  "A package of one's own", .serialized,
  .disabled(if: OwnPackage.obstacle != nil, Comment(rawValue: OwnPackage.obstacle ?? "")))
struct OwnPackageTests {
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

  private func run(_ arguments: String...) throws -> Command.Result {
    let program = SwiftTool.scratch.appending(path: "release/own-loss")
    return try Command(arguments, in: place.url, executable: program).finish()
  }

  @Test func exampleIsTestedAndTrains() throws {
    try test(OwnPackage.example)
    let list = try run("losses")
    #expect(list.status == 0)
    let heads = list.output.split(separator: "\n").filter { $0.first?.isLowercase == true }
    #expect(heads.first == "ce: Cross-entropy")
    #expect(heads.last == "poly1: Poly-1 cross-entropy")

    for loss in ["poly1", "poly1(epsilon: -0.5)", "2 * poly1 + lovasz"] {
      let check = try run("losses", "check", loss)
      #expect(check.output.hasSuffix("\nall that is claimed holds\n"), "\(check.output)")
      #expect(check.status == 0)
    }
    let outside = try run("losses", "check", "poly1(epsilon: -2)")
    #expect(outside.status == 1)
    #expect(
      outside.errors == [
        "error: loss \"poly1(epsilon: -2)\", column 16: epsilon must be at least -1, not -2"
      ])

    let sweep = SwiftTool.root.appending(path: "benchmarks/sweeps/smoke.yml").path
    let train = try run(
      "train", sweep, "--dataset", "synthia", "--backbone", "resnet18", "--loss",
      "poly1(epsilon: 2)", "--output", "out")
    #expect(train.status == 0, "\(train.errors)")
    #expect(train.output.hasSuffix("own-loss report out\n"))
    let name = try #require(place.finishedRuns().first)
    #expect(name.hasPrefix("out/runs/synthia-resnet18-poly1-epsilon-2-s1-"))
    // Stored runs are read by either program.
    let own = try run("report", "out")
    let other = try Command.run(["report", "out"], in: place.url)
    #expect(own.status == 0 && other.status == 0, "\(own.errors) \(other.errors)")
    let tables = try String(contentsOf: place.file("out/tables.md"), encoding: .utf8)
    #expect(tables.contains("poly1(epsilon: 2)"))
    let unknown = try Command.run(["losses", "check", "poly1"], in: place.url)
    #expect(unknown.status == 1)
    #expect(unknown.errors.first?.contains("unknown loss \"poly1\"; use one of ce, ") == true)
  }

  /// What `losses new --package` writes, and with it what `losses new` does: see `LossesNewTests`.
  @Test func newPackageIsTestedAndKnowsItsLoss() throws {
    let new = try Command.run(
      ["losses", "new", "TrialLoss", "--package", "mine"], in: place.url)
    #expect(new.status == 0, "\(new.errors)")
    try OwnPackage.pin(place.file("mine"))
    try test(place.file("mine"))
    let check = try run("losses", "check", "trial_loss")
    #expect(check.output.hasSuffix("\nall that is claimed holds\n"), "\(check.output)")
    #expect(check.status == 0)
  }
}

/// The example under `benchmarks`.
enum OwnPackage {
  static let example = SwiftTool.root.appending(path: "benchmarks/own-loss")

  /// Why it cannot be built here; nil if nothing but itself can be the reason.
  static let obstacle: String? = {
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
