import Foundation
import Losses
import Tensors
import TestSupport
import Testing

@Suite struct UnifiedFocalLossTests {
  /// Two pixels of classes 0 and 1, p = (3/4, 1/4) at both.
  private let batch = Batch(
    "hand", Shape(n: 1, h: 1, w: 2, c: 2), logits: [1.0986123, 0, 1.0986123, 0], ids: [0, 1])

  private func value(_ text: String, counts: [Int] = [99, 1]) throws -> Double {
    try LossRegistry.make(LossSpecification(parsing: text), classes: 2, classPixels: counts)
      .evaluate(batch.input()).value
  }

  /// 1 - I of each class, delta = 0.6: FN = FP's share of the other pixel.
  private let index = [
    (0.6 * 0.25 + 0.4 * 0.75) / (0.75 + 0.6 * 0.25 + 0.4 * 0.75),
    (0.6 * 0.75 + 0.4 * 0.25) / (0.25 + 0.6 * 0.75 + 0.4 * 0.25),
  ]

  @Test func symmetricFormByHand() throws {
    let focal = 0.6 * (sqrt(0.25) * log(4 / 3.0) + sqrt(0.75) * log(4)) / 2
    let tversky = (sqrt(index[0]) + sqrt(index[1])) / 2
    #expect(abs(try value("unified_focal") - (focal + tversky) / 2) < 1e-6)
    let weighted = try value("unified_focal(weight: 0.25)")
    #expect(abs(weighted - (0.25 * focal + 0.75 * tversky)) < 1e-6)
  }

  /// Class 1 is rare: it has the focal exponent, class 0 the focal factor.
  @Test func asymmetricFormByHand() throws {
    let focal = (0.4 * sqrt(0.25) * log(4 / 3.0) + 0.6 * log(4)) / 2
    let tversky = (index[0] + sqrt(index[1])) / 2
    #expect(abs(try value("unified_focal(rare: 0.02)") - (focal + tversky) / 2) < 1e-6)
    // Nothing is rare.
    let none = (0.4 * (sqrt(0.25) * log(4 / 3.0) + sqrt(0.75) * log(4)) + index[0] + index[1]) / 4
    #expect(abs(try value("unified_focal(rare: 0.02)", counts: [1, 1]) - none) < 1e-6)
  }

  @Test func withoutGammaItIsASumOfCrossEntropyAndTversky() throws {
    let batch = Batch.random("sum", Shape(n: 2, h: 5, w: 6, c: 4), ignored: 0.2, seed: 97)
    let (a, b) = (
      try batch.loss("unified_focal(gamma: 0)").evaluate(batch.input()),
      try batch.loss("0.3 * ce + 0.5 * soft_tversky(alpha: 0.4, beta: 0.6)").evaluate(batch.input())
    )
    #expect(abs(a.value / b.value - 1) < 1e-6)
    #expect(
      relativeDistance(a.gradient.array.map(Double.init), b.gradient.array.map(Double.init)) < 1e-5)
  }

  /// Where 1 - I is 0, its power has an infinite derivative.
  @Test(arguments: [0, 0.5, 0.99])
  func certaintyHasAFiniteGradient(gamma: Double) {
    let batch = Batch(
      "certain", Shape(n: 1, h: 1, w: 2, c: 2), logits: [200, -200, -90, 12], ids: [0, 1])
    let loss = UnifiedFocalLoss(gamma: gamma, isRare: nil)
    let result = loss.evaluate(batch.input())
    #expect(result.value.isFinite && result.gradient.array.allSatisfy(\.isFinite))
  }
}
