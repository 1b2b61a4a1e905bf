import Files
import Tensors

/// The whole images of a store in order, without augmentation.
package struct EvaluationSampler: Sendable {
  /// The sizes of images and labels.
  package enum Sizes: Hashable, Sendable {
    /// Both have the store's.
    case store
    /// Images have the store's, labels that of their files.
    case labelFiles
    /// Both have that of their files.
    case files
  }

  package let store: ImageStore
  package let normalization: Normalization
  package let sizes: Sizes

  package init(
    store: ImageStore, normalization: Normalization = .imageNet, sizes: Sizes = .store
  ) {
    (self.store, self.normalization, self.sizes) = (store, normalization, sizes)
  }

  package var count: Int { store.count }

  /// The images of a range within 0..<count, with their labels, both at the store's size.
  /// - Throws: `UserError` if a file cannot be read.
  package func batch(images range: Range<Int>, compute: Compute) throws -> Batch {
    try Batch(
      count: range.count, height: store.height, width: store.width,
      normalization: normalization, compute: compute
    ) { n in try store.resizedSample(range.lowerBound + n) }
  }

  /// Network input, [N, H, W, 3]: the images of a range, or with `Sizes.files` of one image alone,
  /// since files differ in size.
  /// - Throws: `UserError` if a file cannot be read.
  package func images(_ range: Range<Int>, compute: Compute) throws -> Tensor {
    guard sizes == .files else { return try batch(images: range, compute: compute).images }
    precondition(range.count == 1)
    let item = store.items[range.lowerBound]
    return try LabeledImage(reading: item, of: store.dataset).image.tensor(normalization, compute)
  }

  /// The labels of an image at the size of their file.
  /// - Throws: `UserError` if the file cannot be read.
  package func fileLabels(_ index: Int) throws -> LabelImage {
    try store.dataset.readLabels(store.items[index])
  }
}
