import Tensors

/// Images as network input, with their labels.
package struct Batch: Sendable {
  /// [N, H, W, 3], normalized with a `Normalization`.
  package let images: Tensor
  /// N x H x W training ids.
  package let labels: LabelMap

  package init(images: Tensor, labels: LabelMap) { (self.images, self.labels) = (images, labels) }

  /// Gathers samples that `sample` yields for 0..<count, on all threads of `compute`; each must be
  /// `height` x `width`.
  init(
    count: Int, height: Int, width: Int, normalization: Normalization, compute: Compute,
    sample: (Int) throws -> LabeledImage
  ) throws {
    let images = compute.empty(Shape(n: count, h: height, w: width, c: 3))
    let pixels = height * width
    var ids = [UInt8](repeating: 0, count: count * pixels)
    try ids.withUnsafeMutableBufferPointer { ids in
      try compute.parallelTry(count) { n in
        let sample = try sample(n)
        precondition(sample.height == height && sample.width == width)
        normalization.normalize(sample.image, into: images.base + n * pixels * 3)
        _ = ids[n * pixels..<(n + 1) * pixels].update(fromContentsOf: sample.labels.ids)
      }
    }
    self.images = images
    labels = LabelMap(n: count, h: height, w: width, ids: ids)
  }
}
