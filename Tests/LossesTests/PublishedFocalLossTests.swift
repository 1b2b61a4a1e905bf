import Foundation
import Losses
import Tensors
import TestSupport
import Testing

@Suite struct PublishedFocalLossTests {
  private let batch = Batch.random(
    "focal", Shape(n: 2, h: 4, w: 5, c: 4), ignored: 0.2, seed: 71)

  /// One factor for the whole batch: the gradient has the direction of that of cross-entropy, which
  /// the canonical loss's has not.
  @Test(arguments: [0.5, 1, 2.0])
  func gradientIsCrossEntropysTimesOneFactor(_ gamma: Double) {
    let ce = CrossEntropyLoss().evaluate(batch.input())
    let result = PublishedFocalLoss(gamma: gamma).evaluate(batch.input())
    let miss = 1 - exp(-ce.value)
    #expect(abs(result.value - pow(miss, gamma) * ce.value) < 1e-12)
    let factor = pow(miss, gamma) * (1 + gamma * (1 - miss) * ce.value / miss)
    let direction = ce.gradient.array.map { Double($0) * factor }
    #expect(relativeDistance(result.gradient.array.map(Double.init), direction) < 1e-6)
    let canonical = FocalLoss(gamma: gamma).evaluate(batch.input()).gradient.array
    #expect(relativeDistance(canonical.map(Double.init), direction) > 0.02)
  }

  @Test func reportsTheSameWeightForEveryClassPresent() throws {
    var batch = batch
    batch.labels.ids = batch.labels.ids.map { $0 == 3 ? 0 : $0 }
    let result = PublishedFocalLoss().evaluate(batch.input())
    let weights = try #require(result.classWeights)
    let ce = CrossEntropyLoss().evaluate(batch.input()).value
    for weight in weights[..<3] { #expect(abs(weight - (1 - exp(-ce))) < 1e-12) }
    #expect(weights[3].isNaN)
  }
}
