import Metrics
import Tensors

/// A run's evaluation, and what it would have been on resampled images: the bootstrap over images
/// (Efron 1979). Runs with the same number of images use the same draws, so that their differences
/// are paired.
package struct ResampledRun: Sendable {
  /// The totals of all images.
  package let totals: ClassTotals
  package let images: Int
  /// Labeled pixels of each image and class: the same for runs on the same images.
  let truth: [[Int]]
  /// The totals of as many images drawn with replacement, for each replicate.
  let replicates: [ClassTotals]

  /// - Parameters:
  ///   - matrices: one for each image, in the order of the evaluated split.
  ///   - replicates: the number of draws.
  package init(_ matrices: [ConfusionMatrix], replicates: Int = 1000) {
    let images = matrices.map(ClassTotals.init)
    self.images = images.count
    truth = images.map(\.labeled)
    let none = ClassTotals(classes: matrices.first?.classes ?? 0)
    totals = images.reduce(into: none) { $0.add($1, times: 1) }
    self.replicates = (0..<replicates).map { replicate in
      var random = RandomSource(
        seed: UInt64(images.count), purpose: "bootstrap", counter: UInt64(replicate))
      var draws = [Int](repeating: 0, count: images.count)
      for _ in images { draws[random.below(images.count)] += 1 }
      return zip(images, draws).reduce(into: none) { sum, pair in
        if pair.1 > 0 { sum.add(pair.0, times: pair.1) }
      }
    }
  }
}
