import Tensors

extension LossConformance {
  /// Whether the loss depends on where pixels are: a boundary loss does, one that sums over pixels or
  /// regions as sets does not. Neither is wrong.
  func arrangement() throws -> ConformanceFinding {
    let batch = ConformanceBatch.regions(
      "arrangement", Shape(n: 2, h: 24, w: 32, c: 5), ignored: 0.1, spread: 2, seed: 27)
    let (own, other) = (try evaluate(batch).value, try evaluate(batch.shuffled(seed: 28)).value)
    let change = relativeDistance([other], [own])
    let sees = !(change <= 1e-5)
    return ConformanceFinding(
      property: "place of pixels", outcome: .note,
      measured:
        "shuffling each image's pixels with their labels changes the value by \(change.brief): "
        + (sees
          ? "the loss sees neighborhoods, as boundary losses do"
          : "the loss sees pixels and classes, but no shapes or boundaries"),
      advice: "A loss that is meant to look at boundaries or rows should change; others should not."
    )
  }
}

extension ConformanceBatch {
  /// The same pixels in another order, which is the same for all images.
  fileprivate func shuffled(seed: UInt64) -> ConformanceBatch {
    var random = RandomSource(seed: seed)
    let plane = shape.h * shape.w
    var order = Array(0..<plane)
    for i in order.indices.dropFirst().reversed() { order.swapAt(i, random.below(i + 1)) }
    var batch = self
    for image in 0..<shape.n {
      for (target, source) in order.enumerated() {
        let (to, from) = (image * plane + target, image * plane + source)
        batch.labels.ids[to] = labels.ids[from]
        for j in 0..<shape.c { batch.logits[to * shape.c + j] = logits[from * shape.c + j] }
      }
    }
    return batch
  }
}
