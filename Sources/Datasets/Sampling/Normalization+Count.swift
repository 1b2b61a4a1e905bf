import Files
import Foundation
import Synchronization
import Tensors

extension Normalization {
  /// Mean and standard deviation of each channel over all pixels of the store's images, as they are
  /// kept in memory. They are computed from integer counts, so they do not depend on the number of
  /// threads.
  ///
  /// A channel that has the same value everywhere gets a standard deviation of 1/255.
  /// - Throws: `UserError` for the first file that cannot be read.
  package init(counting store: ImageStore, compute: Compute) throws {
    let total = Mutex([Int](repeating: 0, count: 3 * 256))
    try compute.parallelTry(store.count) { index in
      let counts = try store.sample(index).image.byteCounts
      total.withLock { total in for i in counts.indices { total[i] += counts[i] } }
    }
    self.init(counts: total.withLock { $0 })
  }

  /// - Parameter counts: pixels by channel and value, 3 x 256.
  init(counts: [Int]) {
    var (mean, deviation) = ([Double](), [Double]())
    for channel in 0..<3 {
      let counts = counts[channel * 256..<(channel + 1) * 256]
      let pixels = Double(max(1, counts.reduce(0, +)))
      let sum = zip(0..., counts).reduce(0) { $0 + $1.0 * $1.1 }
      let squares = zip(0..., counts).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
      let average = Double(sum) / pixels
      let variance = max(0, Double(squares) / pixels - average * average)
      mean.append(average / 255)
      deviation.append(max(1, variance.squareRoot()) / 255)
    }
    self.init(mean: mean, deviation: deviation)
  }
}

extension ColorImage {
  /// Pixels by channel and value, 3 x 256.
  fileprivate var byteCounts: [Int] {
    var counts = [Int](repeating: 0, count: 3 * 256)
    bytes.withUnsafeBufferPointer { bytes in
      for pixel in 0..<bytes.count / 3 {
        for c in 0..<3 { counts[c * 256 + Int(bytes[pixel * 3 + c])] += 1 }
      }
    }
    return counts
  }
}
