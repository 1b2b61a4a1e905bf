import Foundation
import Losses
import Tensors
import TestSupport
import Testing

@Suite struct LogitAdjustedCrossEntropyLossTests {
  @Test func shiftsAreTheLogarithmsOfTheSharesTimesTau() {
    let loss = LogitAdjustedCrossEntropyLoss(classPixels: [6, 2, 0], tau: 0.5)
    for (shift, share) in zip(loss.shifts, [6 / 8.0, 2 / 8.0, 1 / 8.0]) {
      #expect(abs(shift - 0.5 * log(share)) < 1e-12)
    }
  }

  @Test func valueByHand() {
    let batch = Batch("hand", Shape(n: 1, h: 1, w: 1, c: 2), logits: [1, 0], ids: [1])
    let loss = LogitAdjustedCrossEntropyLoss(classPixels: [3, 1])
    // e^1 * 3/4 against e^0 * 1/4.
    let expected = log(exp(1.0) * 3 + 1)
    #expect(abs(loss.evaluate(batch.input()).value / expected - 1) < 1e-6)
  }

  @Test(arguments: [0, 1.0])
  func withoutTauOrWithEqualClassesItIsCrossEntropy(tau: Double) {
    let batch = Batch.random("ce", Shape(n: 2, h: 4, w: 5, c: 3), ignored: 0.2, seed: 95)
    let counts = tau == 0 ? [1, 20, 300] : [7, 7, 7]
    let loss = LogitAdjustedCrossEntropyLoss(classPixels: counts, tau: tau)
    let (a, b) = (loss.evaluate(batch.input()), CrossEntropyLoss().evaluate(batch.input()))
    #expect(abs(a.value / b.value - 1) < 1e-6)
    for (x, y) in zip(a.gradient.array, b.gradient.array) { #expect(abs(x - y) < 1e-7) }
  }
}
