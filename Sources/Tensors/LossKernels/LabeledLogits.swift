/// A batch as the loss kernels read it: logits, and the labels of the same pixels.
///
/// Its initializer checks what these kernels rely on: that both have the same extent, and that
/// every label is `LabelMap.ignored` or below the number of classes.
@usableFromInline package struct LabeledLogits: Sendable {
  /// The network's output before the softmax, [N, H, W, C].
  @usableFromInline package let logits: Tensor
  /// N x H x W.
  @usableFromInline package let labels: LabelMap
  @usableFromInline package let compute: Compute
  /// Pixels of each class, C entries.
  package let classPixels: [Int]

  /// Traps if the extents differ, if there is no class or more than 255, or if a label is neither
  /// `LabelMap.ignored` nor below the number of classes.
  package init(logits: Tensor, labels: LabelMap, compute: Compute) {
    let shape = logits.shape
    precondition(
      labels.n == shape.n && labels.h == shape.h && labels.w == shape.w,
      "labels and logits differ in extent")
    precondition((1...Int(LabelMap.ignored)).contains(shape.c), "\(shape.c) classes")
    let counts = labels.histogram(classes: Int(LabelMap.ignored), compute)
    precondition(
      counts[shape.c...].allSatisfy { $0 == 0 }, "a label is not below \(shape.c) classes")
    self.logits = logits
    self.labels = labels
    self.compute = compute
    classPixels = Array(counts[..<shape.c])
  }

  @inlinable package var classes: Int { logits.shape.c }
  /// Pixels that are not ignored.
  package var validPixels: Int { classPixels.reduce(0, +) }
  /// Pixels of the whole batch.
  @inlinable package var pixels: Int { labels.pixels }
}
