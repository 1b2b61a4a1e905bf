import Datasets
import Experiments
import Foundation
import Metrics
import Report
import Testing

/// Scores per image, of boundaries and of probabilities, as tables.
@Suite struct FineGrainedTableTests {
  /// Two images with 1000 and 10 pixels of road, so many of them right, and 100 of pole, all right.
  private func run(_ loss: String, _ right: (Int, Int), seed: UInt64 = 1) throws
    -> ReportedRun
  {
    let images = [(right.0, 1000), (right.1, 10)].map { right, all in
      ConfusionMatrix(
        classes: 4,
        counts: [right, 0, 0, all - right, 0, 100, 0, 0] + [Int](repeating: 0, count: 8))
    }
    return ReportedRun(
      configuration: try SyntheticSweep.configuration(loss: loss, seed: seed),
      confusion: images[0] + images[1], evaluatedImages: 2, seconds: 1, images: images)
  }

  private func written(_ runs: [ReportedRun]) throws -> [String: String] {
    try SyntheticSweep.written(
      ReportInput(profile: "grain", runs: runs, classes: [.synthia: SyntheticSweep.classes]))
  }

  /// ce: 900 and 0 right; recall: 800 and 10.
  @Test func lossesRankDifferentlyByGrain() throws {
    let files = try written([run("ce", (900, 0)), run("recall", (800, 10))])
    let csv = try #require(files["tables/synthia-resnet18-fine-grained.csv"])
    #expect(csv.contains("\nmean_accuracy,ce,94.55,,72.50,,72.50,,52.25,,52.25,,50.00,,50.00,\n"))
    #expect(
      csv.contains("\nmean_accuracy,recall,90.10,,95.00,,95.00,,90.50,,90.50,,90.00,,90.00,\n"))
    #expect(csv.contains("\nrank_accuracy,ce,1,,2,,2,,2,,2,,2,,2,\n"))
    #expect(csv.contains("\nrank_accuracy,recall,2,,1,,1,,1,,1,,1,,1,\n"))
    let markdown = try #require(files.markdown(of: "synthia-resnet18-fine-grained"))
    #expect(markdown.contains("| recall | 2 | 1 | 1 |"))
    // One seed ranks nothing in words.
    #expect(!markdown.contains("Highest"))
    let repeated = try written(
      (1...2).flatMap { seed in
        [try run("ce", (900, 0), seed: seed), try run("recall", (800, 10), seed: seed)]
      })
    #expect(
      try #require(repeated.markdown(of: "synthia-resnet18-fine-grained")).contains(
        "Highest mean accuracy: ce (D); recall (I, C, I^q, C^q, I^5, C^5)."))
    #expect(try #require(files["report.html"]).contains("worst 5 % of images (I^5)"))
  }

  @Test func equalLossesShareARank() throws {
    let files = try written([
      run("ce", (900, 0)), run("recall", (900, 0)), run("lovasz", (100, 0)),
    ])
    let csv = try #require(files["tables/synthia-resnet18-fine-grained.csv"])
    #expect(csv.contains("rank_iou,ce,1,") && csv.contains("rank_iou,recall,1,"))
    #expect(csv.contains("rank_iou,lovasz,3,"))
  }

  /// Without images, boundaries or probabilities there are no such tables.
  @Test func tablesAppearOnlyWhereThereIsSomething() throws {
    let files = try SyntheticSweep.written(SyntheticSweep.small())
    for name in ["fine-grained", "boundary", "calibration"] {
      #expect(files["tables/synthia-resnet18-\(name).csv"] == nil)
    }
  }

  @Test func boundariesAndProbabilitiesHaveTables() throws {
    var run = try run("ce", (900, 0))
    run.boundary = BoundaryCounts(
      shared: [10, 0, 0, 5], truth: [20, 0, 4, 5], predicted: [20, 0, 0, 10])
    var confidence = [Double](repeating: 0, count: 15)
    var (pixels, right) = ([Int](repeating: 0, count: 15), [Int](repeating: 0, count: 15))
    (confidence[14], pixels[14], right[14]) = (9.75, 10, 8)
    let reliability = Reliability(pixels: pixels, probability: confidence, occurred: right)
    run.calibration = Calibration(
      confidence: reliability,
      classes: [
        reliability, Reliability(pixels: pixels, probability: confidence, occurred: pixels),
      ]
        + [Reliability](repeating: reliability, count: 2))
    let files = try written([run, try self.run("recall", (800, 10))])
    // 10/30, none, 0/4, 5/10; 96 x 160 pixels have a diagonal of 187.
    let boundary = try #require(files["tables/synthia-resnet18-boundary.csv"])
    #expect(boundary.contains("\nboundary_iou,ce,33.33,,,,0.00,,50.00,,27.78,,"))
    #expect(!boundary.contains("recall,"))
    #expect(try #require(files["tables/captions.md"]).contains("within 4 pixels (2 % of the"))
    let calibration = try #require(files["tables/synthia-resnet18-calibration.csv"])
    #expect(
      calibration.contains(
        "\ncalibration,ce,17.50,,97.50,,80.00,,13.75,,17.50,,2.50,,17.50,,17.50,\n"))
  }
}

extension FineGrainedTableTests {
  @Test func scoreSheetsAverageOverImages() throws {
    let size = ClassTable.synthia.count
    let images = [9, 4].map { hits in
      var counts = [Int](repeating: 0, count: size * size)
      (counts[0], counts[1]) = (hits, 10 - hits)
      return ScoredImage(
        name: "\(hits)", confusion: ConfusionMatrix(classes: size, counts: counts))
    }
    let sheet = ScoreSheet(title: "made up", images: images, classes: .synthia)
    let lines = sheet.grainTable.split(separator: "\n")
    #expect(lines.count == 1 + Grain.all.count)
    #expect(lines.contains { $0.hasPrefix("per image (I)") && $0.contains(" 65.00 ") })
    #expect(lines.contains { $0.hasPrefix("worst 5 % of images (I^5)") && $0.contains(" 40.00 ") })
    let json = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(sheet)) as? [String: Any])
    let scores = try #require(json["fineGrained"] as? [String: [String: Double]])
    #expect(scores["accuracy"]?["image_worst5"] == 0.4)
    #expect(scores["iou"]?.count == Grain.all.count)
  }
}
