import Checkpoints
import Datasets
import Files
import Foundation
import Tensors

/// A few training batches as this program makes them, by which the Python program tells that it makes the
/// same: an `.npz` file.
///
/// - `iterations`, int32 [k];
/// - `stride`, int32 [1]: every how many rows and columns are kept, so that the file stays small;
/// - `images`, float32 [k, batch, rows, columns, 3]: the network's input;
/// - `labels`, uint8 [k, batch, rows, columns].
struct BatchCheck {
  /// About how many pixels are kept of a batch.
  private static let pixelsOfABatch = 1 << 16

  let sampler: TrainingSampler

  /// The first two batches, and the first one of the second epoch, which has images of both.
  private var iterations: [Int] {
    let second = sampler.store.count / sampler.batch
    return second > 1 ? [0, 1, second] : [0, 1]
  }

  /// - Parameter url: the file to name in errors.
  func encoded(of url: URL, compute: Compute) throws -> Data {
    let pixels = sampler.batch * sampler.height * sampler.width
    let step = max(1, Int((Double(pixels) / Double(Self.pixelsOfABatch)).squareRoot().rounded(.up)))
    let rows = Array(stride(from: 0, to: sampler.height, by: step))
    let columns = Array(stride(from: 0, to: sampler.width, by: step))
    var (images, labels) = ([Float](), [UInt8]())
    for iteration in iterations {
      let batch = try sampler.batch(at: iteration, compute: compute)
      let values = batch.images.array
      for n in 0..<sampler.batch {
        for y in rows {
          for x in columns {
            let pixel = (n * sampler.height + y) * sampler.width + x
            images += values[pixel * 3..<pixel * 3 + 3]
            labels.append(batch.labels.ids[pixel])
          }
        }
      }
    }
    let shape = [iterations.count, sampler.batch, rows.count, columns.count]
    var zip = ZipWriter()
    try zip.add(
      "iterations.npy",
      NumPy.encode(iterations.map { Int32($0) }, shape: [iterations.count], of: url))
    try zip.add("stride.npy", NumPy.encode([Int32(step)], shape: [1], of: url))
    try zip.add("images.npy", NumPy.encode(images, shape: shape + [3], of: url))
    try zip.add("labels.npy", NumPy.encode(labels, shape: shape, of: url))
    return zip.finished()
  }
}

extension RunData {
  /// The batches that a run trains on.
  func trainingSampler(for run: RunConfiguration) -> TrainingSampler {
    TrainingSampler(
      store: train, augmentation: run.data.augmentation, crop: run.data.scaleAndCrop,
      height: run.data.height, width: run.data.width, batch: run.training.batch, seed: run.seed,
      normalization: normalization)
  }
}
