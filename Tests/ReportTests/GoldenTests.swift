import Foundation
import Report
import Testing

/// `Tests/Fixtures/report`: the report of `SyntheticSweep.small`, read and approved by eye.
/// RECALLBENCH_WRITE_GOLDEN=1 writes it again, to be looked at before it is committed.
private let golden = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "Fixtures/report")

@Suite struct GoldenTests {
  @Test(arguments: [
    "summary.csv", "tables.md", "tables/synthia-resnet18-minority.csv",
    "tables/synthia-resnet18-minority.tex",
    "tables/synthia-resnet18-all.csv", "tables/synthia-resnet18-all.tex", "figures/scatter.dat",
  ])
  func fileIsAsApproved(name: String) throws {
    let text = try #require(try SyntheticSweep.written(SyntheticSweep.small())[name])
    let file = golden.appending(path: name)
    if ProcessInfo.processInfo.environment["RECALLBENCH_WRITE_GOLDEN"] != nil {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    #expect(try text == String(contentsOf: file, encoding: .utf8))
  }

  @Test func sameInputGivesSameBytesWhateverTheOrderOfRuns() throws {
    var input = try SyntheticSweep.clustered([(.synthia, .resnet18), (.cityscapes, .resnet101)])
    let first = try SyntheticSweep.written(input)
    input.runs.reverse()
    #expect(try SyntheticSweep.written(input) == first)
  }
}
