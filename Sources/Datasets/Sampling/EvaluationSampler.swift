import Files
import Tensors

/// The whole images of a store in order, at the store's size, without augmentation.
package struct EvaluationSampler: Sendable {
  package let store: ImageStore
  package let normalization: Normalization

  package init(store: ImageStore, normalization: Normalization = .imageNet) {
    (self.store, self.normalization) = (store, normalization)
  }

  package var count: Int { store.count }

  /// The images of a range within 0..<count.
  /// - Throws: `UserError` if a file cannot be read.
  package func batch(images range: Range<Int>, compute: Compute) throws -> Batch {
    try Batch(
      count: range.count, height: store.height, width: store.width,
      normalization: normalization, compute: compute
    ) { n in try store.resizedSample(range.lowerBound + n) }
  }
}
