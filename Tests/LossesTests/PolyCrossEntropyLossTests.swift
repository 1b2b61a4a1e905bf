import Foundation
import Losses
import Tensors
import TestSupport
import Testing

@Suite struct PolyCrossEntropyLossTests {
  @Test func valueByHand() {
    let batch = Batch(
      "hand", Shape(n: 1, h: 1, w: 3, c: 2), logits: [0, 0, 1.0986123, 0, 5, 7], ids: [0, 1, 255])
    let expected = (log(2) + 3 * 0.5 + log(4) + 3 * 0.75) / 2
    let value = PolyCrossEntropyLoss(epsilon: 3).evaluate(batch.input()).value
    #expect(abs(value / expected - 1) < 1e-6)
  }

  @Test func withoutEpsilonItIsCrossEntropy() {
    let batch = Batch.random("ce", Shape(n: 2, h: 4, w: 5, c: 6), ignored: 0.2, seed: 98)
    let (a, b) = (
      PolyCrossEntropyLoss(epsilon: 0).evaluate(batch.input()),
      CrossEntropyLoss().evaluate(batch.input())
    )
    #expect(a.value == b.value && a.gradient.array == b.gradient.array)
  }

  /// Cross-entropy is the sum of (1 - p)^k / k: epsilon = -1 takes the first term away.
  @Test func minusOneTakesTheFirstTermAway() {
    let batch = Batch("one", Shape(n: 1, h: 1, w: 1, c: 2), logits: [0, 0], ids: [0])
    let rest = (2...60).reduce(0.0) { $0 + pow(0.5, Double($1)) / Double($1) }
    let value = PolyCrossEntropyLoss(epsilon: -1).evaluate(batch.input()).value
    #expect(abs(value - rest) < 1e-6)
  }
}
