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
    #expect(script.contains("'car' 0, 'traffic sign' 1, 'pole' 2, 'average without car' 3.3"))
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
      try PageTests.page(input).contains(
        "CE car 75.0, traffic sign –, pole 90.0, average without car 90.0"))
  }

  @Test func datasetWithoutMinorityHasNone() throws {
    var input = try SyntheticSweep.small()
    input.classes[.synthia] = ReportedClasses(
      names: ["road", "pole", "traffic sign", "car"], minority: [], minorityRule: "none")
    let files = try SyntheticSweep.written(input)
    #expect(files.keys.allSatisfy { !$0.hasSuffix("-minority.dat") })
    #expect(!(try #require(files["tables.md"])).contains("## Minority classes"))
  }

  /// Twelve classes, each of 10 pixels that are all found.
  @Test func partsOfManyClassesStandBelowEachOther() throws {
    let names = (1...12).map { "a class with a long name \($0)" }
    let counts = (0..<144).map { $0 % 13 == 0 ? 10 : 0 }
    let input = ReportInput(
      profile: "made up",
      runs: [
        SyntheticSweep.run(
          try SyntheticSweep.configuration(loss: "recall(momentum: 0.5, normalize: 1)", seed: 1),
          ConfusionMatrix(classes: 12, counts: counts))
      ],
      classes: [
        .synthia: ReportedClasses(names: names, minority: Array(0..<12), minorityRule: "all")
      ])
    let script = try #require(
      SyntheticSweep.written(input)["figures/synthia-resnet18-minority.gp"])
    func margins(_ side: String) -> [Double] {
      script.split(separator: "\n").filter { $0.hasPrefix("set \(side)margin at screen ") }
        .compactMap { Double($0.split(separator: " ").last ?? "") }
    }
    let (left, top, bottom) = (margins("l"), margins("t"), margins("b"))
    #expect(left.count == 2 && left[0] == left[1])
    #expect(top[1] < bottom[0], "the second part begins below the first")
    let size = try #require(script.firstMatch(of: /pngcairo size (\d+),(\d+)/))
    let (width, height) = (Double(size.1) ?? 0, Double(size.2) ?? 0)
    // 28 letters at a slope of 40 degrees, of at least 8 pixels each.
    #expect((bottom[0] - top[1]) * height > 28 * 8 * 0.64)
    #expect(left[0] * width > 28 * 8 * 0.77 - 38)
  }

  /// A rate that is no loss's best has no row, and so no caption.
  @Test func captionsAreOfWhatIsShown() throws {
    let runs = try [(0.001, 0.6), (0.01, 0.5)].map { rate, validation in
      var configuration = try SyntheticSweep.configuration(loss: "ce", seed: 1)
      configuration.training.learningRate = rate
      return ReportedRun(
        configuration: configuration, confusion: SyntheticSweep.matrix(poles: 50),
        evaluatedImages: 20, seconds: 1,
        history: [HistoryEntry(iteration: 10, loss: 1, validationMeanIoU: validation)])
    }
    let files = try SyntheticSweep.written(
      ReportInput(profile: "made up", runs: runs, classes: [.synthia: SyntheticSweep.classes]))
    let script = try #require(files["figures/synthia-resnet18-minority.gp"])
    #expect(script.contains("set ytics ('CE [A]' 0)"))
    #expect(script.contains("'[A] Rendered") && !script.contains("'[B] Rendered"))
    #expect(script.contains("the learning rate that scores best"))
  }
}
