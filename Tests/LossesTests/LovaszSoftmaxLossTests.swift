import Losses
import Tensors
import Testing

@Suite struct LovaszSoftmaxLossTests {
  @Test func ofOnePixelItIsTheError() {
    let batch = Batch("one", Shape(n: 1, h: 1, w: 1, c: 3), logits: [1, 2, 0.5], ids: [0])
    let p = probabilities([1, 2, 0.5])[0]
    #expect(abs(LovaszSoftmaxLoss().evaluate(batch.input()).value - (1 - p)) < 1e-6)
  }

  /// All errors are 1/2. Class 0: pixel 0, its own, has 1/1; then nothing is left. Class 1: pixel 0,
  /// a stranger, has 1/2, pixel 1, its own, 1/2.
  @Test func tiesGoToTheLowestPixel() {
    let batch = Batch("ties", Shape(n: 1, h: 1, w: 2, c: 2), logits: [0, 0, 0, 0], ids: [0, 1])
    let result = LovaszSoftmaxLoss().evaluate(batch.input())
    #expect(result.value == 0.5)
    #expect(result.gradient.array == [-0.1875, 0.1875, 0.0625, -0.0625])
  }

  /// At the corners of the cube the extension is the Jaccard loss itself.
  @Test func atCertainPredictionsItIsOneMinusMeanIoU() {
    let (ids, predicted): ([UInt8], [Int]) = ([0, 0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 2, 2, 2])
    let logits = predicted.flatMap { p in (0..<3).map { $0 == p ? Float(60) : 0 } }
    let batch = Batch("corner", Shape(n: 1, h: 1, w: 7, c: 3), logits: logits, ids: ids)
    let ious: [Double] = [2 / 3.0, 1 / 3.0, 2 / 3.0]
    let expected = 1 - ious.reduce(0, +) / 3
    #expect(abs(LovaszSoftmaxLoss().evaluate(batch.input()).value - expected) < 1e-6)
  }

  /// Forty pixels of one class, each missed for certain: they all have the same error, among more
  /// pixels than one block.
  @Test func aClassWhollyMissedIsOneMinusItsIoU() {
    let pixels = 260 * 260
    let logits: [Float] = (0..<2 * pixels).map { i in i % 2 == 0 ? 0 : 60 }
    let ids: [UInt8] = (0..<pixels).map { i in i % 1690 == 0 ? 0 : 1 }
    let batch = Batch("missed", Shape(n: 1, h: 260, w: 260, c: 2), logits: logits, ids: ids)
    let result = LovaszSoftmaxLoss().evaluate(batch.input())
    // Class 0 has IoU 0, class 1 all but the forty.
    let expected = 1 - (1 - 40 / Double(pixels)) / 2
    #expect(abs(result.value - expected) < 1e-6)
    #expect(result.gradient.array.allSatisfy { $0.isFinite })
  }
}

@Suite struct PublishedLovaszSoftmaxLossTests {
  /// The mean over images of each image's own loss; one without a valid pixel counts as 0.
  @Test func isTheMeanOverImages() {
    let shape = Shape(n: 3, h: 4, w: 5, c: 4)
    var batch = Batch.random("images", shape, ignored: 0.2, seed: 96)
    for i in 20..<40 { batch.labels.ids[i] = LabelMap.ignored }
    let result = PublishedLovaszSoftmaxLoss().evaluate(batch.input())
    var value = 0.0
    for image in 0..<3 {
      let one = Batch(
        "one", Shape(n: 1, h: 4, w: 5, c: 4),
        logits: Array(batch.logits[image * 80..<(image + 1) * 80]),
        ids: Array(batch.labels.ids[image * 20..<(image + 1) * 20]))
      let own = LovaszSoftmaxLoss().evaluate(one.input())
      #expect((own.value > 0) == (image != 1))
      value += own.value / 3
      let gradient = result.gradient.array[image * 80..<(image + 1) * 80]
      for (g, e) in zip(gradient, own.gradient.array) {
        #expect(abs(g - e / 3) <= 1e-5 * abs(e) + 1e-9)
      }
    }
    #expect(abs(result.value - value) < 1e-12)
    #expect(abs(result.value - LovaszSoftmaxLoss().evaluate(batch.input()).value) > 1e-3)
  }
}
