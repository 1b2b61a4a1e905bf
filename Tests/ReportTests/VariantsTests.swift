import Experiments
import Foundation
import Metrics
import Report
import Testing

/// The numbers of `SyntheticSweep.variants`, worked out by hand.
@Suite struct VariantsTests {
  private static let name = "tables/synthia-resnet18-variants"

  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }

  /// Mean accuracies (80 + poles + 100 + 75) / 4 of seeds 1 and 2: 76.25 and 81.25 against 78.75
  /// and 86.25: means 78.75 and 82.50, differences 2.5 and 5. IoU as in `TableNumbersTests`:
  /// 80/110, p/120, 10/(110 - p), 3/4.
  @Test func differencesAreFormedSeedBySeed() throws {
    let csv = try #require(
      try SyntheticSweep.written(SyntheticSweep.variants())[Self.name + ".csv"])
    let rows = lines(csv)
    #expect(
      rows[0]
        == "metric,loss,canonical,canonical sd,published,published sd,"
        + "published - canonical,published - canonical sd")
    #expect(
      rows[1] == "mean_accuracy,focal(gamma: 1),78.75,3.54,82.50,5.30,3.75,1.77")
    func iou(_ poles: Double) -> Double {
      25 * (80 / 110 + poles / 120 + 10 / (110 - poles) + 0.75)
    }
    let (ours, theirs) = ([iou(50), iou(70)], [iou(60), iou(90)])
    let means = [
      (ours[0] + ours[1]) / 2, (theirs[0] + theirs[1]) / 2,
      (theirs[0] - ours[0] + theirs[1] - ours[1]) / 2,
    ]
    let fields = rows[2].split(separator: ",")
    #expect(fields[..<2] == ["mean_iou", "focal(gamma: 1)"])
    for (field, mean) in zip([fields[2], fields[4], fields[6]], means) {
      #expect(abs(try #require(Double(field)) - mean) < 0.00501)
    }
    // Recall has no canonical run, CE no published one, the sum neither: a row for each metric.
    #expect(rows.count == 1 + Metric.all.count)
  }

  @Test func tableIsInAllFormatsAndOnThePage() throws {
    let files = try SyntheticSweep.written(SyntheticSweep.variants())
    let markdown = try #require(files.markdown(of: "synthia-resnet18-variants"))
    #expect(markdown.contains("| loss | canonical | published | published - canonical |"))
    #expect(
      markdown.contains("| focal(gamma: 1) | 78.75 ± 3.54 | 82.50 ± 5.30 | 3.75 ± 1.77 |"))
    let latex = try #require(files[Self.name + ".tex"])
    #expect(
      latex.contains(
        "focal(gamma: 1) & $78.75 \\pm 3.54$ & $82.50 \\pm 5.30$ & $3.75 \\pm 1.77$"))
    let page = try #require(files["tables.md"])
    #expect(page.contains("losses as published and canonical"))
    #expect(page.contains("`tables/synthia-resnet18-variants.csv`"))
  }

  @Test func sweepWithoutBothVariantsHasNoSuchTable() throws {
    let files = try SyntheticSweep.written(SyntheticSweep.small())
    #expect(!files.keys.contains { $0.contains("variants") })
    var input = try SyntheticSweep.variants()
    input.runs.removeAll { $0.configuration.loss == "focal(gamma: 1)" }
    #expect(try !SyntheticSweep.written(input).keys.contains { $0.contains("variants") })
  }

  /// A planned variant without runs is a gap, not a missing table.
  @Test func plannedVariantShowsAsADash() throws {
    var input = try SyntheticSweep.variants()
    input.planned = [try SyntheticSweep.configuration(loss: "recall", seed: 1)]
    let csv = try #require(try SyntheticSweep.written(input)[Self.name + ".csv"])
    #expect(lines(csv).contains("mean_accuracy,recall,,,,,,"))
  }

  /// Each variant follows its loss; others by name; sums last, their names escaped.
  @Test func rowsFollowTheOrderOfThePaper() throws {
    let files = try SyntheticSweep.written(SyntheticSweep.variants())
    let csv = lines(try #require(files["tables/synthia-resnet18-minority.csv"]))
    let labels = csv.dropFirst().prefix { $0.hasPrefix("accuracy") }.map {
      $0.split(separator: ",")[1]
    }
    #expect(
      labels == [
        "ce", "CE (paper)", "ce - paper", "focal(gamma: 1)", "Focal (paper)",
        "focal - paper", "focal.published(gamma: 1)", "recall.published", "Recall (paper)",
        "recall - paper", "recall + 0.5 * lovasz",
      ])
    let markdown = try #require(files.markdown(of: "synthia-resnet18-minority"))
    #expect(markdown.contains("| recall + 0.5 \\* lovasz |"))
    let script = try #require(files["figures/scatter.gp"])
    #expect(
      script.contains("set label 'Focal (published)' ")
        && script.contains("'recall + 0.5 * lovasz'"))
  }
}
