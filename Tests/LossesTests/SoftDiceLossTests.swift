import Losses
import Tensors
import Testing

@Suite struct SoftDiceLossTests {
  @Test func valueByHand() {
    // All p = 1/2. Class 0 has two pixels of three: 2 * 1 / (3/2 + 2). Class 1: 2 * 1/2 / (3/2 + 1).
    let batch = Batch(
      "hand", Shape(n: 1, h: 1, w: 3, c: 2), logits: [0, 0, 0, 0, 0, 0], ids: [0, 1, 0])
    let expected = 1 - (2 / 3.5 + 1 / 2.5) / 2
    #expect(abs(SoftDiceLoss().evaluate(batch.input()).value - expected) < 1e-7)
  }

  /// The second image has nothing to say, class 1 is absent from the first, and an ignored pixel
  /// counts in no sum: 2 * 1/2 / (1/2 + 1).
  @Test func leavesOutImagesClassesAndPixels() {
    let batch = Batch(
      "left out", Shape(n: 2, h: 1, w: 2, c: 2), logits: [Float](repeating: 0, count: 8),
      ids: [0, 255, 255, 255])
    #expect(abs(SoftDiceLoss().evaluate(batch.input()).value - (1 - 1 / 1.5)) < 1e-7)
  }
}
