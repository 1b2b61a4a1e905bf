import Experiments
import Foundation
import Metrics
import Report
import Testing

/// The figures of differences from cross-entropy: the forest plot and that by class.
@Suite struct DifferenceFigureTests {
  /// Four images each. Of 1000 road pixels each finds all, of 100 pole pixels as many as given, no
  /// sign, and all of 50 of car.
  private func run(_ loss: String, seed: UInt64, poles: Int) throws -> ReportedRun {
    let images = (0..<4).map { image in
      ConfusionMatrix(
        classes: 4,
        counts: [
          1000, 0, 0, 0,
          100 - poles - image, poles + image, 0, 0,
          10, 0, 0, 0,
          0, 0, 0, 50,
        ])
    }
    var run = ReportedRun(
      configuration: try SyntheticSweep.configuration(loss: loss, seed: seed),
      confusion: images.dropFirst().reduce(images[0], +), evaluatedImages: 4, seconds: 1,
      images: images)
    run.trainClassPixels = [900, 20, 0, 80]
    return run
  }

  private func input(seeds: Int) throws -> ReportInput {
    let runs = try (1...seeds).flatMap { seed -> [ReportedRun] in
      let seed = UInt64(seed)
      return [
        try run("ce", seed: seed, poles: 20), try run("recall", seed: seed, poles: 40 + Int(seed)),
        try run("my_loss", seed: seed, poles: 10),
      ]
    }
    return ReportInput(profile: "made up", runs: runs, classes: [.synthia: SyntheticSweep.classes])
  }

  private func files(_ artifact: (any Artifact)?) throws -> [String: String] {
    let files = try #require(artifact).files
    return files.reduce(into: [:]) { texts, file in
      if case .text(let text) = file.content { texts[file.path] = text }
    }
  }

  /// A section of the page.
  private func section(_ anchor: String, _ input: ReportInput) throws -> String {
    let sections = try PageTests.page(input).components(separatedBy: "<section class=\"top\"")
    return try #require(sections.first { $0.contains("<h2 id=\"\(anchor)\"") })
  }

  /// In points: poles 21 of recall (mean of two seeds: 41.5 + 1.5 against 21.5), their quarter in the
  /// mean accuracy of four classes.
  @Test func forestHasTheDifferencesOfMeans() throws {
    let files = try files(forestPlot(input(seeds: 2)))
    let data = try #require(files["figures/differences.dat"])
    let blocks = data.components(separatedBy: "\n\n\n").map { $0.split(separator: "\n") }
    #expect(blocks.count == 2 && blocks[0].count == 4)
    let recall = blocks[0][2].split(separator: " ")
    #expect(recall[0] == "5.3750" && recall[3...] == ["0", "0xD55E00", "13", "1"])
    let own = blocks[0][3].split(separator: " ")
    #expect(own[0] == "-2.5000" && own[3] == "1")
    #expect(Double(recall[1])! < 5.375 && Double(recall[2])! > 5.375)
    let page = try section("differences", input(seeds: 2))
    #expect(page.contains("95 % over 2 seeds and 4 images") && !page.contains("Dashed"))
  }

  @Test func oneSeedIsDashedAndSaysSo() throws {
    let forest = try forestPlot(input(seeds: 1))
    let data = try #require(try files(forest)["figures/differences.dat"])
    #expect(data.contains(" 0xD55E00 13 0\n") && !data.contains(" 13 1\n"))
    let page = try section("differences", input(seeds: 1))
    #expect(page.contains("one seed: intervals over 4 images only"))
    #expect(page.contains("Dashed: one seed") && page.contains("class=\"bar dashed\""))
    #expect(!page.contains("class=\"bar\""))
  }

  @Test func classesStandInTheOrderOfTheirTrainingPixels() throws {
    let artifact = try classDifferences(input(seeds: 2))
    let csv = try #require(try files(artifact)["tables/synthia-resnet18-class-differences.csv"])
    let rows = csv.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let recall = rows.filter { $0[0] == "recall" && $0[6] == "accuracy" }
    #expect(recall.map { $0[2] } == ["road", "car", "pole", "traffic sign"])
    #expect(recall.map { $0[5] } == ["90.000000", "8.000000", "2.000000", "0.000000"])
    #expect(recall[2][7...9] == ["43.000000", "21.500000", "21.500000"])
    #expect(recall[2][12...] == ["2", "4"])
    #expect(rows[0][5] == "training_share_percent")
    #expect(
      rows[0][7...11] == [
        "loss_percent", "reference_percent", "difference_points", "low_points", "high_points",
      ])
    let page = try section("classes", input(seeds: 2))
    #expect(page.contains("share of the training pixels"))
    // Neither finds a sign: that is no tie.
    #expect(page.contains(">0, 0</text>") && page.contains("both losses score 0"))
    // Recall loss stands first.
    let first = try #require(page.range(of: "<p class=\"over\">Recall</p>"))
    let second = try #require(page.range(of: "<p class=\"over\">my_loss</p>"))
    #expect(first.lowerBound < second.lowerBound && !page.contains("The other losses"))
  }

  @Test func newLossAloneAgainstAnotherReference() throws {
    let artifact = try classDifferences(input(seeds: 2), of: ["my_loss"], from: "recall")
    let csv = try #require(try files(artifact)["tables/synthia-resnet18-class-differences.csv"])
    let poles = csv.split(separator: "\n").first { $0.contains(",pole,1,1,2.000000,accuracy,") }
    #expect(
      try #require(poles).hasPrefix(
        "my_loss,recall,pole,1,1,2.000000,accuracy,11.500000,43.000000,"))
    #expect(!csv.contains("\nce,"))
    let missing = try classDifferences(input(seeds: 2), from: "lovasz")
    let unknown = try forestPlot(input(seeds: 2), of: ["ohem"])
    #expect(missing == nil && unknown == nil)
  }

  /// The same color and shape in every figure, also where a panel lacks a loss.
  @Test func lossLooksTheSameInEveryPanel() throws {
    var input = try input(seeds: 1)
    for loss in ["ce", "recall", "another_loss"] {
      var run = try run(loss, seed: 1, poles: 30)
      run.configuration.data.name = .cityscapes
      input.runs.append(run)
    }
    input.classes[.cityscapes] = SyntheticSweep.classes
    let written = try SyntheticSweep.written(input)
    let styles = ["synthia", "cityscapes"].map { name in
      (written["figures/\(name)-resnet18-classes.gp"] != nil, name)
    }
    #expect(styles.allSatisfy { $0.0 })
    let scatter = try #require(written["figures/scatter.gp"])
    let forest = try #require(written["figures/differences.dat"])
    for color in ["D55E00", "332288", "882255"] {
      #expect(scatter.contains("lc rgb '#\(color)'") && forest.contains("0x\(color)"))
    }
  }
}
