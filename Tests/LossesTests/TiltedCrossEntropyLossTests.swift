import Foundation
import Losses
import Tensors
import TestSupport
import Testing

@Suite struct TiltedCrossEntropyLossTests {
  /// Three pixels of class 0, one of class 1, none of class 2.
  private let batch = Batch(
    "hand", Shape(n: 1, h: 1, w: 5, c: 3),
    logits: [2, 0, 0, 1, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0, 9], ids: [0, 0, 0, 1, 255])

  private var means: [Double] {
    let ce = (0..<4).map { i in
      -logProbabilities(batch.logits[3 * i..<3 * i + 3].map(Double.init))[Int(batch.labels.ids[i])]
    }
    return [(ce[0] + ce[1] + ce[2]) / 3, ce[3]]
  }

  @Test(arguments: [0.5, 1, 4])
  func valueAndWeightsByHand(t: Double) throws {
    let result = TiltedCrossEntropyLoss(tilt: t).evaluate(batch.input())
    let powers = means.map { exp(t * $0) }
    let expected = log((powers[0] + powers[1]) / 2) / t
    #expect(abs(result.value / expected - 1) < 1e-6)
    let weights = try #require(result.classWeights)
    let shares = powers.map { $0 / (powers[0] + powers[1]) }
    #expect(abs(weights[0] - shares[0] * 4 / 3) < 1e-6)
    #expect(abs(weights[1] - shares[1] * 4) < 1e-6)
    #expect(weights[2].isNaN)
  }

  @Test func isTheMeanOfTheClassesWithoutTiltAndTheWorstWithMuch() {
    func value(_ t: Double) -> Double {
      TiltedCrossEntropyLoss(tilt: t).evaluate(batch.input()).value
    }
    #expect(abs(value(1e-6) - (means[0] + means[1]) / 2) < 1e-5)
    #expect(abs(value(1000) - means[1]) < 1e-3)
  }

  /// exp(t L) overflows long before.
  @Test func stableForLargeTiltsAndLosses() {
    let batch = Batch(
      "large", Shape(n: 1, h: 1, w: 2, c: 2), logits: [0, 400, 300, 0], ids: [0, 1])
    let result = TiltedCrossEntropyLoss(tilt: 50).evaluate(batch.input())
    #expect(abs(result.value - (400 - log(2) / 50)) < 1e-3)
    #expect(result.gradient.array == [-1, 1, 0, 0])
  }
}
