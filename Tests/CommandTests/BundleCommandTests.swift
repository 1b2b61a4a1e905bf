import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// A sweep that PyTorch trains and that comes home, by the commands that a user types.
@Suite(
  "Bundles, by the command",
  .enabled(if: TorchPython.isThere, Comment(rawValue: TorchPython.missing)), .serialized)
struct BundleCommandTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private func python(_ arguments: String...) throws -> Command.Result {
    try Command(
      ["run.py", "--device", "cpu", "--threads", "1"] + arguments, in: place.file("bundle"),
      executable: URL(filePath: TorchPython.path ?? "")
    ).finish()
  }

  private let losses = ["--camvid", "camvid", "--losses", "ce,recall,lovasz,seesaw"]

  @Test func runsComeHomeWithTheLossesOfOurs() throws {
    let there = try Command.run(
      ["bundle", "tiny.yml", "--output", "bundle"] + losses, in: place.url)
    #expect(there.status == 0 && there.output.contains("4 runs"), "\(there.errors)")
    let batches = try python("--check-batches")
    #expect(batches.status == 0)
    #expect(batches.output.contains("\"bytes\": 0, \"colors\": 0"), "\(batches.output)")
    let trained = try python()
    #expect(trained.status == 0, "\(trained.output) \(trained.errors)")
    let home = try Command.run(["import", "bundle", "--output", "home"], in: place.url)
    #expect(home.status == 0 && home.output.contains("4 runs of 4 added"), "\(home.errors)")
    let ours = try Command.run(
      ["sweep", "tiny.yml", "--output", "ours"] + losses, in: place.url)
    #expect(ours.status == 0)
    let pairs = zip(
      try SweepFolder(place.file("home")).loadAll(), try SweepFolder(place.file("ours")).loadAll())
    for (theirs, ours) in pairs {
      #expect(theirs.name == ours.name && theirs.environment.engine?.name == "PyTorch")
      // Later steps are of other weights, by rounding.
      let (a, b) = (theirs.history[0].loss, ours.history[0].loss)
      #expect(abs(a - b) <= 1e-5 * b, "\(ours.name)")
    }
    let names = try SweepFolder(place.file("home")).loadAll().map(\.name).joined(separator: ",")
    let verified = try Command.run(
      ["results", "verify", "home", "--runs", names, "--camvid", "camvid"], in: place.url)
    #expect(verified.status == 0, "\(verified.output)")
    let report = try Command.run(["report", "home"], in: place.url)
    #expect(report.status == 0, "\(report.errors)")
    let page = try String(contentsOf: place.file("home/tables.md"), encoding: .utf8)
    #expect(page.contains("trained by PyTorch"))
  }
}
