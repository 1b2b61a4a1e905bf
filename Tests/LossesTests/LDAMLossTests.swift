import Foundation
import Losses
import Tensors
import Testing

@Suite struct LDAMLossTests {
  /// n^(-1/4) of 1, 16 and 256 pixels: 1, 1/2, 1/4.
  @Test func marginsFollowTheFourthRootAndTheRarestClassHasTheLargest() {
    let loss = LDAMLoss(classPixels: [16, 1, 256, 0], maxMargin: 0.8)
    for (margin, expected) in zip(loss.margins, [0.4, 0.8, 0.2, 0]) {
      #expect(abs(margin - expected) < 1e-12)
    }
  }

  @Test func valueByHand() {
    let batch = Batch(
      "hand", Shape(n: 1, h: 1, w: 2, c: 2), logits: [1, 0.5, 0, 0.25], ids: [0, 1])
    let loss = LDAMLoss(classPixels: [1, 16], maxMargin: 0.5, scale: 2)
    // Scores 2 (1 - 0.5) and 1 for class 0; 0 and 2 (0.25 - 0.25) for class 1.
    let expected = (log(1 + exp(1 - 1.0)) + log(1 + exp(0.0))) / 2
    #expect(abs(loss.evaluate(batch.input()).value - expected) < 1e-12)
  }

  @Test func withoutMarginsAndScaleItIsCrossEntropy() {
    let batch = Batch.random("ce", Shape(n: 2, h: 4, w: 5, c: 6), ignored: 0.2, seed: 94)
    let loss = LDAMLoss(classPixels: batch.classPixels, maxMargin: 1e-12, scale: 1)
    let (a, b) = (loss.evaluate(batch.input()), CrossEntropyLoss().evaluate(batch.input()))
    #expect(abs(a.value / b.value - 1) < 1e-6)
    for (x, y) in zip(a.gradient.array, b.gradient.array) { #expect(abs(x - y) < 1e-7) }
  }
}
