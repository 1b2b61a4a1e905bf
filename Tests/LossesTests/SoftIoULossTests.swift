import Losses
import Tensors
import Testing

@Suite struct SoftIoULossTests {
  @Test func valueByHand() {
    // All p = 1/2. Class 0 has two pixels of three: I = 1, U = 1 + 1 + 1/2. Class 1: I = 1/2,
    // U = 1 + 1/2 + 1/2.
    let batch = Batch(
      "hand", Shape(n: 1, h: 1, w: 3, c: 2), logits: [0, 0, 0, 0, 0, 0], ids: [0, 1, 0])
    let expected = 1 - (0.4 + 0.25) / 2
    #expect(abs(SoftIoULoss().evaluate(batch.input()).value - expected) < 1e-7)
  }

  @Test func averagesClassesWithinAnImageThenImagesThatHaveAPixel() {
    // First image: class 0 alone, I = 1/2, U = 1. Second: both, I = 1/2, U = 3/2. Third: nothing.
    let batch = Batch(
      "images", Shape(n: 3, h: 1, w: 2, c: 2), logits: [Float](repeating: 0, count: 12),
      ids: [0, 255, 0, 1, 255, 255])
    let expected = 1 - (0.5 + 1 / 3.0) / 2
    #expect(abs(SoftIoULoss().evaluate(batch.input()).value - expected) < 1e-7)
  }
}
