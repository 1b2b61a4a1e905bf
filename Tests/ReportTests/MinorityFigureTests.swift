import Experiments
import Foundation
import Metrics
import Report
import Testing

/// The minority table as a picture.
@Suite struct MinorityFigureTests {
  private func blocks(_ files: [String: String], _ slug: String) throws -> [[Substring]] {
    let data = try #require(files["figures/\(slug)-minority.dat"])
    return data.components(separatedBy: "\n\n\n").map { $0.split(separator: "\n") }
  }

  /// Of the table that `GoldenTests` approve: car, sign, pole and the average of sign and pole; the
  /// average stands apart.
  @Test func cellsHaveTheNumbersOfTheTable() throws {
    let files = try SyntheticSweep.written(SyntheticSweep.small())
    let found = try blocks(files, "synthia-resnet18")
    #expect(
      found[0] == [
        "# Accuracy (%): column, row, percent, as shown, color of the letters",
        "0 0 75.000 75.0 0xFFFFFF", "1 0 100.000 100.0 0xFFFFFF", "2 0 60.000 60.0 0x1B1B1B",
        "3.3 0 80.000 80.0 0xFFFFFF",
        "0 1 75.000 75.0 0xFFFFFF", "1 1 100.000 100.0 0xFFFFFF", "2 1 90.000 90.0 0xFFFFFF",
        "3.3 1 95.000 95.0 0xFFFFFF",
      ])
    #expect(found[1].dropFirst(3).first == "2 0 50.000 50.0 0x1B1B1B")
    let script = try #require(files["figures/synthia-resnet18-minority.gp"])
    #expect(script.contains("set ytics ('CE' 0, 'Recall' 1)"), "a loss without runs has no row")
    #expect(script.contains("'car' 0, 'traffic sign' 1, 'pole' 2, 'average' 3.3"))
    #expect(script.contains("set label 'Rendered stand-in for SYNTHIA, not the real data"))
  }

  @Test func classWithoutScoreHasADash() throws {
    let matrix = ConfusionMatrix(
      classes: 4, counts: [80, 20, 0, 0, 0, 90, 10, 0, 0, 0, 0, 0, 10, 0, 0, 30])
    let input = ReportInput(
      profile: "made up",
      runs: [SyntheticSweep.run(try SyntheticSweep.configuration(loss: "ce", seed: 1), matrix)],
      classes: [.synthia: SyntheticSweep.classes])
    let found = try blocks(SyntheticSweep.written(input), "synthia-resnet18")
    #expect(found[0].contains("1 0 NaN – 0x1B1B1B"))
    #expect(
      try PageTests.page(input).contains("CE car 75.0, traffic sign –, pole 90.0, average 90.0"))
  }

  @Test func datasetWithoutMinorityHasNone() throws {
    var input = try SyntheticSweep.small()
    input.classes[.synthia] = ReportedClasses(
      names: ["road", "pole", "traffic sign", "car"], minority: [], minorityRule: "none")
    let files = try SyntheticSweep.written(input)
    #expect(files.keys.allSatisfy { !$0.hasSuffix("-minority.dat") })
    #expect(!(try #require(files["tables.md"])).contains("## Minority classes"))
  }

  @Test func quotationMarksOpenAndCloseInLaTeX() throws {
    let table = try #require(
      SyntheticSweep.written(SyntheticSweep.small())["tables/synthia-resnet18-minority.tex"])
    #expect(table.contains("97.62 under ``pole'' and 68.98 under ``car'', and"))
  }
}
