import Losses
import Tensors
import Testing

@Suite struct PublishedSoftIoULossTests {
  /// All p = 1/2; pixels of class 0, class 0 and none. Class 0: I = 1, U = 2 + 1/2 (the ignored
  /// pixel). Class 1 is absent: 0, but counted in the mean.
  @Test func countsIgnoredPixelsAndAbsentClasses() {
    let batch = Batch(
      "hand", Shape(n: 1, h: 1, w: 3, c: 2), logits: [0, 0, 0, 0, 0, 0], ids: [0, 0, 255])
    let result = PublishedSoftIoULoss().evaluate(batch.input())
    #expect(abs(result.value + 1 / 2.5 / 2) < 1e-7)
    // By p_0: -1/U at its own pixels, I/U^2 at the ignored one, each over two classes.
    let (own, other) = (Float(-1 / 2.5 / 2), Float(1 / 6.25 / 2))
    // Through the softmax at p = 1/2: a quarter of the difference.
    let expected = [own / 4, -own / 4, own / 4, -own / 4, other / 4, -other / 4]
    for (g, e) in zip(result.gradient.array, expected) { #expect(abs(g - e) < 1e-7) }
  }

  @Test func isMinusTheCanonicalScoreWhereEveryImageHasEveryClassAndNothingIsIgnored() {
    let batch = Batch(
      "full", Shape(n: 2, h: 1, w: 3, c: 2),
      logits: [1, 0, 0, 2, 3, 0.5, 0, 1, 0.25, 0, 2, 2], ids: [0, 1, 0, 1, 0, 1])
    let canonical = SoftIoULoss().evaluate(batch.input())
    let published = PublishedSoftIoULoss().evaluate(batch.input())
    #expect(abs(published.value + 1 - canonical.value) < 1e-6)
    for (p, c) in zip(published.gradient.array, canonical.gradient.array) {
      #expect(abs(p - c) < 1e-7)
    }
  }
}
