import Files
import Foundation
import Synchronization

/// The images of one split, decoded once and kept in memory up to a budget, and those beyond it in a
/// file without a name. Several cells may train from one store at once.
package final class ImageStore: Sendable {
  package let dataset: any Dataset
  package let items: [Item]
  /// Pixels of the samples; with `keepsFullSize`, of evaluation and class counts only.
  package let height: Int
  package let width: Int
  package let keepsFullSize: Bool
  /// Bytes of decoded images that may be kept in memory. An epoch visits every image once, so
  /// replacing one by another would save nothing.
  package let budget: Int
  /// Where what does not fit is kept; nil: it is decoded again when needed.
  private let overflow: URL?

  private struct Kept {
    var samples: [Int: LabeledImage] = [:]
    var bytes = 0
    /// Of every item that was read, at its original size.
    var digests: [Int: String] = [:]
    var file: DecodedFile?
  }
  private let kept = Mutex(Kept())

  /// - Parameters:
  ///   - height: rows of the samples.
  ///   - width: columns of the samples.
  ///   - keepsFullSize: hand out images at their files' size, for augmentation that scales and
  ///     crops by itself; otherwise at `height` x `width`.
  ///   - overflow: the folder for decoded images that do not fit in memory; nil: they are not kept.
  package init(
    dataset: any Dataset, items: [Item], height: Int, width: Int, keepsFullSize: Bool = false,
    budget: Int = 2 << 30, overflow: URL? = nil
  ) {
    precondition(height > 0 && width > 0)
    (self.dataset, self.items, self.height, self.width) = (dataset, items, height, width)
    (self.keepsFullSize, self.budget) = (keepsFullSize, budget)
    self.overflow = overflow
  }

  package var count: Int { items.count }

  /// Bytes currently kept.
  package var bytesKept: Int { kept.withLock { $0.bytes } }

  /// The image and labels of an item, from memory or from disk.
  /// - Throws: `UserError` if a file cannot be read, if the two sizes differ, or if the files do not
  ///   hold the pixels any more that they held when they were first read.
  package func sample(_ index: Int) throws -> LabeledImage {
    let (found, file) = kept.withLock { ($0.samples[index], $0.file) }
    if let sample = found ?? file?.sample(index) { return sample }
    let start = ContinuousClock.now
    var sample = try LabeledImage(reading: items[index], of: dataset)
    try check(sample, index)
    if !keepsFullSize { sample = sample.resized(height: height, width: width) }
    overflowing(sample, index)?.keep(sample, index, decodedIn: seconds(since: start))
    return sample
  }

  /// Keeps a sample in memory if it fits.
  /// - Returns: the file that takes it otherwise; nil if there is none.
  private func overflowing(_ sample: LabeledImage, _ index: Int) -> DecodedFile? {
    kept.withLock { kept in
      // Another thread may have decoded the same item meanwhile.
      if kept.samples[index] != nil { return nil }
      if kept.bytes + sample.byteCount <= budget {
        kept.samples[index] = sample
        kept.bytes += sample.byteCount
        return nil
      }
      if kept.file == nil { kept.file = overflow.map { DecodedFile(in: $0) } }
      return kept.file
    }
  }

  /// The digest of an item's pixels at their original size; see `LabeledImage.digest`.
  /// - Throws: `UserError` as `sample`.
  package func digest(_ index: Int) throws -> String {
    func known() -> String? { kept.withLock { $0.digests[index] } }
    if known() == nil { _ = try sample(index) }
    return known() ?? ""
  }

  private func check(_ sample: LabeledImage, _ index: Int) throws(UserError) {
    let digest = sample.digest
    let first = kept.withLock { kept in
      let first = kept.digests[index] ?? digest
      kept.digests[index] = first
      return first
    }
    guard first == digest else {
      throw UserError(
        path: items[index].image.path,
        problem:
          "it or its label file has changed since it was first read; put the old files back, or "
          + "start again with another --output")
    }
  }

  /// The item's sample at `height` x `width`, regardless of the size that is kept.
  package func resizedSample(_ index: Int) throws -> LabeledImage {
    let sample = try sample(index)
    return keepsFullSize ? sample.resized(height: height, width: width) : sample
  }

  /// The item's labels at `height` x `width`; the image is not read.
  func resizedLabels(_ index: Int) throws -> LabelImage {
    let labels = try kept.withLock { $0.samples[index]?.labels } ?? dataset.readLabels(items[index])
    return labels.resized(height: height, width: width)
  }
}
