import Files
import Tensors

/// The batches of a training run, a function of seed and iteration alone: a resumed run sees what
/// an uninterrupted one would have seen.
package struct TrainingSampler: Sendable {
  package let store: ImageStore
  package let augmentation: Augmentation
  /// Takes the place of `augmentation`.
  package let crop: ScaleAndCrop?
  package let height: Int
  package let width: Int
  package let batch: Int
  /// The places in the batch of the images that are made: those of one rank of several that train
  /// together.
  package let part: Range<Int>
  package let seed: UInt64
  package let normalization: Normalization

  /// - Parameters:
  ///   - height: rows of a training image after augmentation.
  ///   - width: columns of a training image after augmentation.
  ///   - batch: images per batch.
  ///   - part: nil for the whole batch.
  package init(
    store: ImageStore, augmentation: Augmentation, crop: ScaleAndCrop? = nil, height: Int,
    width: Int, batch: Int, part: Range<Int>? = nil, seed: UInt64,
    normalization: Normalization = .imageNet
  ) {
    precondition(store.count > 0 && height > 0 && width > 0 && batch > 0)
    self.part = part ?? 0..<batch
    (self.store, self.augmentation, self.crop) = (store, augmentation, crop)
    (self.height, self.width, self.batch, self.seed) = (height, width, batch, seed)
    self.normalization = normalization
  }

  /// The items of a batch. Every epoch is a permutation of all items; epochs follow each other
  /// without a gap, so a batch may hold the end of one and the start of the next.
  package func items(at iteration: Int) -> [Int] {
    var orders: [Int: [Int]] = [:]
    return (iteration * batch..<(iteration + 1) * batch).map { position in
      let epoch = position / store.count
      let order = orders[epoch] ?? order(of: epoch)
      orders[epoch] = order
      return order[position % store.count]
    }
  }

  private func order(of epoch: Int) -> [Int] {
    var random = RandomSource(seed: seed, purpose: "epoch order", counter: UInt64(epoch))
    return random.permutation(of: store.count)
  }

  /// The batch of an iteration, counted from zero, or the part of it.
  /// - Throws: `UserError` if a file cannot be read.
  package func batch(at iteration: Int, compute: Compute) throws -> Batch {
    let items = items(at: iteration)
    return try Batch(
      count: part.count, height: height, width: width, normalization: normalization,
      compute: compute
    ) { place in
      let n = part.lowerBound + place
      var random = RandomSource(
        seed: seed, purpose: "augmentation", counter: UInt64(iteration * batch + n))
      let sample = try store.sample(items[n])
      if let crop {
        return crop.apply(
          to: sample, height: height, width: width, padding: normalization.meanBytes,
          random: &random)
      }
      return augmentation.apply(
        to: sample, height: height, width: width, padding: normalization.meanBytes,
        random: &random)
    }
  }
}
