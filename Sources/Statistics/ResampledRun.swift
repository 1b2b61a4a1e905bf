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
  /// The totals of as many images drawn with replacement.
  private let draws: DrawnTotals
  private let known = KnownScores()

  /// - Parameters:
  ///   - matrices: one for each image, in the order of the evaluated split.
  ///   - replicates: the number of draws.
  package init(_ matrices: [ConfusionMatrix], replicates: Int = 1000) {
    let images = matrices.map(ClassTotals.init)
    self.images = images.count
    truth = images.map(\.labeled)
    let none = ClassTotals(classes: matrices.first?.classes ?? 0)
    totals = images.reduce(into: none) { $0.add($1) }
    draws = DrawnTotals(of: images, draws: replicates)
  }

  /// A score of the run and of each draw. It is computed once: a reference is compared with every
  /// other loss.
  func scored(_ score: ClassMean) -> DrawnScores {
    known.scores(score) { DrawnScores(value: score(totals), draws: draws.scores(score)) }
  }
}

/// A score on all images, nil where it is undefined, and on each draw of them, NaN where it is.
struct DrawnScores: Sendable {
  var value: Double?
  var draws: [Double]

  /// nil where the score is undefined.
  subscript(draw: Int) -> Double? { draws[draw].isNaN ? nil : draws[draw] }

  /// Undefined where one of the two is.
  static func - (a: DrawnScores, b: DrawnScores) -> DrawnScores {
    DrawnScores(
      value: a.value.flatMap { value in b.value.map { value - $0 } },
      draws: zip(a.draws, b.draws).map { $0 - $1 })
  }
}
