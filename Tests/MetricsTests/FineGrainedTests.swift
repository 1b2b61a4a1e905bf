import Metrics
import Testing

@Suite struct FineGrainedTests {
  private struct Case: Decodable {
    let name: String
    let classes: Int
    let matrices: [[Int]]
    /// By metric and grain.
    let scores: [String: [String: Double]]
  }

  @Test func agreesWithNumPy() throws {
    let cases = try MetricFixture.read("fine-grained.json", as: [Case].self)
    #expect(cases.count == 3)
    for example in cases {
      let grains = FineGrained(
        example.matrices.map { ConfusionMatrix(classes: example.classes, counts: $0) })
      for metric in Metric.ofPaper {
        for grain in Grain.all {
          let expected = try #require(example.scores[metric.name]?[grain.name])
          let found = try #require(grains.mean(metric, grain))
          #expect(
            abs(found - expected) < 1e-12, "\(example.name), \(metric.name), \(grain.name)")
        }
      }
    }
  }

  /// Image 1: class 0 has 3 of 4 pixels right, class 1 its 2. Image 2: class 0 alone, half right, the
  /// rest taken for class 1.
  private static let images = [
    ConfusionMatrix(classes: 2, counts: [3, 1, 0, 2]),
    ConfusionMatrix(classes: 2, counts: [2, 2, 0, 0]),
  ]

  @Test func worksOutByHand() {
    let grains = FineGrained(Self.images)
    #expect(grains.imageScores(.accuracy) == [0.875, 0.5])
    // Class 1 is predicted in the second image, where it does not occur: no entry.
    #expect(grains.classScores(.iou) == [[0.75, 0.5], [2.0 / 3]])
    #expect(grains.classScores(.accuracy) == [[0.75, 0.5], [1]])
    let expected: [(Grain, Double)] = [
      (.dataset, 0.8125), (.image, 0.6875), (.classImage, 0.8125), (.worstImages, 0.5),
      (.worstClassImages, 0.75),
    ]
    for (grain, value) in expected { #expect(grains.mean(.accuracy, grain) == value) }
  }

  @Test func whatIsNotScoredTakesNoPart() {
    let empty = ConfusionMatrix(classes: 2, counts: [0, 0, 0, 0])
    #expect(FineGrained([]).mean(.iou, .image) == nil)
    for grain in Grain.all {
      #expect(FineGrained([empty]).mean(.accuracy, grain) == nil)
      let all = FineGrained(Self.images).mean(.iou, grain)
      #expect(FineGrained(Self.images + [empty]).mean(.iou, grain) == all)
    }
    let ignoring = ConfusionMatrix(classes: 2, ignored: [1], counts: [3, 1, 0, 2])
    #expect(FineGrained([ignoring]).imageScores(.accuracy) == [0.75])
  }

  /// Images of one class each, all alike: every grain says the same, and worse parts are no better.
  @Test func partsAreOrdered() throws {
    let same = FineGrained(Array(repeating: Self.images[0], count: 7))
    let expected = try #require(Self.images[0].meanIoU)
    for grain in Grain.all {
      let found = try #require(same.mean(.iou, grain))
      #expect(abs(found - expected) < 1e-12)
    }
    let grains = FineGrained(Self.images)
    for (worst, weighted, all) in [
      (Grain.worstImages, Grain.imageWeighted, Grain.image),
      (.worstClassImages, .classImageWeighted, .classImage),
    ] {
      let values = [worst, weighted, all].map { grains.mean(.iou, $0) ?? -1 }
      #expect(values == values.sorted())
    }
    #expect(Set(Grain.all.map(\.name)).count == Grain.all.count)
  }
}
