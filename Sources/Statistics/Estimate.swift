import Metrics

/// A quantity averaged over the seeds of a loss, with what is known about its error.
///
/// There are two sources of variation: the seed of each run, and the images that were evaluated.
/// The variance of the mean is the sum of
/// - the sample variance over the n seeds, divided by n; seeds are not resampled, since a bootstrap
///   of two or three of them finds only half to two thirds of their variance;
/// - the variance of the mean over bootstrap draws of the images, shared by all seeds.
///
/// Intervals and p-values are Student's t with the degrees of freedom of that sum (Satterthwaite
/// 1946); for two seeds, one degree of freedom is used, since the formula trusts a variance of two
/// values too much (it would flag one null effect in ten). With a single seed only the second part
/// is known, and `seeds` says so.
package struct Estimate: Hashable, Sendable {
  package var value: Double
  package var standardError: Double
  package var degreesOfFreedom: Double
  package var seeds: Int
  package var images: Int

  /// Half of the interval's width.
  private var reach: Double

  /// 95 percent.
  package var interval: ClosedRange<Double> { value - reach...value + reach }

  /// The two-sided p-value of the hypothesis that the quantity is 0.
  package var pValue: Double {
    guard standardError > 0 else { return value == 0 ? 1 : 0 }
    return StudentT(degreesOfFreedom: degreesOfFreedom).twoSidedTail(value / standardError)
  }

  /// A loss's score. Nil where it is undefined for a seed, or nothing is known about its error.
  package init?(_ score: ClassMean, of runs: [ResampledRun]) {
    self.init(runs.map { $0.scored(score) }, images: runs.map(\.images))
  }

  /// A loss's score minus that of another: `pairs` are runs of the same seed on the same images. Nil
  /// also if they are not of the same images.
  package init?(
    _ score: ClassMean, of pairs: [(candidate: ResampledRun, reference: ResampledRun)]
  ) {
    guard pairs.allSatisfy({ $0.candidate.truth == $0.reference.truth }) else { return nil }
    self.init(
      pairs.map { $0.candidate.scored(score) - $0.reference.scored(score) },
      images: pairs.map(\.candidate.images))
  }

  /// A loss's score minus another score of the same runs. Nil as above.
  package init?(_ score: ClassMean, minus other: ClassMean, of runs: [ResampledRun]) {
    self.init(
      runs.map { $0.scored(score) - $0.scored(other) }, images: runs.map(\.images))
  }

  /// - Parameters:
  ///   - seeds: the quantity of each seed.
  ///   - images: the images of each seed.
  init?(_ seeds: [DrawnScores], images: [Int]) {
    let values = seeds.compactMap(\.value)
    guard let count = images.first, count > 1, Set(images).count == 1, values.count == seeds.count
    else { return nil }
    let n = Double(values.count)
    let draws = seeds.map(\.draws.count).min() ?? 0
    // A draw in which the quantity is undefined (no pixel of the class) says nothing.
    let drawn = (0..<draws).map { draw in seeds.reduce(0) { $0 + $1.draws[draw] } / n }
      .filter { !$0.isNaN }
    guard drawn.count > draws / 2, let ofImages = variance(drawn) else { return nil }
    let ofSeeds = (variance(values) ?? 0) / n
    value = values.reduce(0, +) / n
    standardError = (ofSeeds + ofImages).squareRoot()
    let parts = [(ofSeeds, n - 1), (ofImages, Double(count - 1))]
    let weight = parts.reduce(0) { $0 + ($1.1 > 0 ? $1.0 * $1.0 / $1.1 : 0) }
    let whole = ofSeeds + ofImages
    let satterthwaite = weight > 0 ? whole * whole / weight : Double(count - 1)
    degreesOfFreedom = values.count == 2 ? 1 : satterthwaite
    (self.seeds, self.images) = (values.count, count)
    reach =
      standardError > 0
      ? StudentT(degreesOfFreedom: degreesOfFreedom).bound(twoSidedTail: 0.05) * standardError : 0
  }
}

/// The sample variance (n - 1); nil for fewer than two values.
private func variance(_ values: [Double]) -> Double? {
  guard values.count > 1 else { return nil }
  let mean = values.reduce(0, +) / Double(values.count)
  return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
}
