import Foundation
import RecallBench
import Testing

/// A loss in a package of one's own. The example is compiled in targets of RecallBench's package that
/// see only what is public; what `losses new` writes is compiled and linked against the modules and
/// object files of this build. `OutsideBuildTests` build both as a user would.
@Suite("A package of one's own")
struct OwnPackageTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private static let example = Command.executable.deletingLastPathComponent()
    .appending(path: "own-loss")

  private func run(_ arguments: String...) throws -> Command.Result {
    try Command(arguments, in: place.url, executable: Self.example).finish()
  }

  @Test func exampleIsTestedAndTrains() throws {
    let list = try run("losses")
    #expect(list.status == 0)
    let heads = list.output.split(separator: "\n").filter { $0.first?.isLowercase == true }
    #expect(heads.first == "ce: Cross-entropy")
    #expect(heads.last == "poly1: Poly-1 cross-entropy")

    for loss in ["poly1", "poly1(epsilon: -0.5)", "2 * poly1 + lovasz"] {
      let check = try run("losses", "check", loss)
      #expect(check.output.hasSuffix("\nall claimed properties hold\n"), "\(check.output)")
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

  /// The sources' digest does not cover the loss, so that of the program has to.
  @Test func runOfAnotherBuildIsNotTakenForOneOfThisBuild() throws {
    let sweep = place.sweep("--losses", "ce,poly1")
    #expect(try Command(sweep, in: place.url, executable: Self.example).finish().status == 0)
    let other = place.file("own-loss")
    try FileManager.default.copyItem(at: Self.example, to: other)
    let same = try Command(sweep, in: place.url, executable: other).finish()
    #expect(same.output.contains("0 runs trained, 2 were done before"), "\(same.errors)")

    let handle = try FileHandle(forWritingTo: other)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()
    let refused = try Command(sweep, in: place.url, executable: other).finish()
    #expect(refused.status == 1 && refused.errors.count == 1)
    #expect(refused.errors.first?.contains("made by another build of this program") == true)
    let accepted = try Command(
      sweep + ["--accept-other-code"], in: place.url, executable: other
    ).finish()
    #expect(accepted.status == 0, "\(accepted.errors)")
    // Losses of RecallBench itself are covered by the sources' digest.
    let ce = try Command(place.sweep("--losses", "ce"), in: place.url, executable: other).finish()
    #expect(ce.status == 0, "\(ce.errors)")
  }

  @Test(.enabled(if: SwiftTool.isThere, Comment(rawValue: SwiftTool.missing)))
  func manifestOfTheExampleIsSound() throws {
    let result = try SwiftTool.run(
      arguments: [
        "package", "--package-path", OwnPackage.example.path, "--scratch-path",
        place.file("scratch").path, "dump-package",
      ])
    try #require(result.status == 0, "\(result.errors)")
    struct Manifest: Decodable {
      struct Target: Decodable { var name: String }
      var name: String
      var targets: [Target]
    }
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(result.output.utf8))
    #expect(manifest.name == "OwnLoss")
    #expect(manifest.targets.map(\.name) == ["OwnLosses", "own-loss", "OwnLossesTests"])
  }

  /// The manifest that `losses new` writes is that of the example: see `LossesNewTests`.
  @Test(.enabled(if: SwiftTool.isThere, Comment(rawValue: SwiftTool.missing)))
  func newPackageCompilesAndKnowsItsLoss() throws {
    let new = try Command.run(
      ["losses", "new", "TrialLoss", "--package", "mine"], in: place.url)
    #expect(new.status == 0, "\(new.errors)")
    let (mine, program) = (place.file("mine"), place.file("program"))
    let loss = mine.appending(path: "Sources/OwnLosses/TrialLoss.swift")
    let test = mine.appending(path: "Tests/OwnLossesTests/TrialLossTests.swift")
    try BuiltModules.compile([loss], as: "OwnLosses", into: place.url, isInPackage: false)
    try BuiltModules.compile([test], as: "OwnLossesTests", into: place.url, isInPackage: false)
    // In one module, as a program of two files.
    let main = try String(
      contentsOf: mine.appending(path: "Sources/own-loss/main.swift"), encoding: .utf8)
    try Data(main.replacing("import OwnLosses\n", with: "").utf8).write(
      to: place.file("main.swift"))
    try BuiltModules.link([place.file("main.swift"), loss], into: program, in: place.url)
    let check = try Command(
      ["losses", "check", "trial_loss"], in: place.url, executable: program
    ).finish()
    #expect(check.output.hasSuffix("\nall claimed properties hold\n"), "\(check.output)")
    #expect(check.status == 0)
  }
}
