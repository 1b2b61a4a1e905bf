import Losses
import Tensors
import TestSupport
import Testing

@Suite struct SoftTverskyLossTests {
  private let batch = Batch.random(
    "tversky", Shape(n: 3, h: 4, w: 5, c: 6), classes: [0, 2, 5], ignored: 0.2, seed: 92)

  @Test func valueByHand() {
    // All p = 1/2. Class 0 has two pixels of three: TP = 1, FP = 1/2, FN = 1. Class 1: TP = 1/2,
    // FP = 1, FN = 1/2.
    let batch = Batch(
      "hand", Shape(n: 1, h: 1, w: 3, c: 2), logits: [0, 0, 0, 0, 0, 0], ids: [0, 1, 0])
    let expected = 1 - (1 / (1 + 0.1 + 0.8) + 0.5 / (0.5 + 0.2 + 0.4)) / 2
    let value = SoftTverskyLoss(alpha: 0.2, beta: 0.8).evaluate(batch.input()).value
    #expect(abs(value - expected) < 1e-7)
  }

  @Test func halvesAreDiceAndOnesAreSoftIoU() throws {
    for (tversky, other) in [
      (SoftTverskyLoss(alpha: 0.5, beta: 0.5), SoftDiceLoss() as any Loss),
      (SoftTverskyLoss(alpha: 1, beta: 1), SoftIoULoss()),
    ] {
      let (a, b) = (tversky.evaluate(batch.input()), try other.evaluate(batch.input()))
      #expect(abs(a.value - b.value) < 1e-12)
      #expect(
        relativeDistance(
          a.gradient.array.map(Double.init), b.gradient.array.map(Double.init)) < 1e-6)
    }
  }

  /// Without false positives in the index it is soft recall, which only own pixels change.
  @Test func alphaZeroIsSoftRecall() {
    let batch = Batch(
      "recall", Shape(n: 1, h: 1, w: 2, c: 2), logits: [0, 0, 0, 0], ids: [0, 0])
    let value = SoftTverskyLoss(alpha: 0, beta: 1).evaluate(batch.input()).value
    #expect(abs(value - 0.5) < 1e-7)
  }
}
