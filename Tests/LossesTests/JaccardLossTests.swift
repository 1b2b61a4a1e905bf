import Losses
import Tensors
import Testing

@Suite struct JaccardLossTests {
  /// All p = 1/2. Over both images, class 0: I = 1, U = 2 + 1/2; class 1: I = 1/2, U = 1 + 1.
  /// Image by image the means are others.
  @Test func takesAllImagesTogether() {
    let batch = Batch(
      "images", Shape(n: 2, h: 1, w: 2, c: 2), logits: [Float](repeating: 0, count: 8),
      ids: [0, 1, 0, 255])
    let value = JaccardLoss().evaluate(batch.input()).value
    #expect(abs(value - (1 - (1 / 2.5 + 0.5 / 2) / 2)) < 1e-7)
    #expect(abs(value - SoftIoULoss().evaluate(batch.input()).value) > 0.01)
  }

  @Test func ofOneImageItIsSoftIoU() {
    let batch = Batch.random("one", Shape(n: 1, h: 6, w: 7, c: 4), ignored: 0.2, seed: 93)
    let (a, b) = (JaccardLoss().evaluate(batch.input()), SoftIoULoss().evaluate(batch.input()))
    #expect(abs(a.value - b.value) < 1e-12)
    for (x, y) in zip(a.gradient.array, b.gradient.array) {
      #expect(abs(x - y) <= 1e-5 * abs(y) + 1e-9)
    }
  }
}
