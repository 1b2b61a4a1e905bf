import Datasets
import Experiments
import Foundation
import Metrics
import Report
import Testing

/// Runs with void as a class say so and stand beside the paper's numbers under the same names.
@Suite struct VoidTests {
  private func run(_ rule: VoidRule?, classes: Int) throws -> ReportedRun {
    var configuration = try SyntheticSweep.configuration(loss: "ce", seed: 1)
    configuration.data.void = rule
    let counts = (0..<classes * classes).map { $0 % (classes + 1) == 0 ? 10 : 0 }
    return SyntheticSweep.run(configuration, ConfusionMatrix(classes: classes, counts: counts))
  }

  private func written(_ rule: VoidRule?, _ table: ClassTable) throws -> [String: String] {
    try SyntheticSweep.written(
      ReportInput(
        profile: "void", runs: [try run(rule, classes: table.count)],
        classes: [.synthia: ReportedClasses(table)]))
  }

  @Test func captionsSayHowManyClassesThereAre() throws {
    let counting = try written(.counts, .synthiaWithVoid)
    let page = try #require(counting["tables.md"])
    #expect(page.contains("; 14 classes, void counted as one;"))
    #expect(!page.contains("void ignored") && page.contains("| void | 100.00 |"))
    // The same columns of Table II.
    let minority = try #require(counting["tables/synthia-resnet18-minority.csv"])
    #expect(minority.contains("metric,loss,car,car sd,traffic sign,"))
    let plain = try #require(try written(nil, .synthia)["tables.md"])
    #expect(plain.contains("; 13 classes, void ignored;"))
    #expect(plain.contains("scores over 13 classes, void ignored (the paper: 14, with void)"))
    #expect(!plain.contains("| void |"))
  }

  @Test func thirteenAndFourteenClassesAreNotMixed() throws {
    var counting = try SyntheticSweep.configuration(loss: "ce", seed: 1)
    counting.data.void = .counts
    let plain = try SyntheticSweep.configuration(loss: "ce", seed: 2)
    #expect(try classTables(of: [], planned: [counting])[.synthia]?.count == 14)
    #expect { try classTables(of: [], planned: [counting, plain]) } throws: {
      "\($0)".contains("void counted in some and ignored in others")
    }
  }
}
