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

  /// 95 percent.
  package var interval: ClosedRange<Double> {
    guard standardError > 0 else { return value...value }
    let reach =
      StudentT(degreesOfFreedom: degreesOfFreedom).bound(twoSidedTail: 0.05) * standardError
    return value - reach...value + reach
  }

  /// The two-sided p-value of the hypothesis that the quantity is 0.
  package var pValue: Double {
    guard standardError > 0 else { return value == 0 ? 1 : 0 }
    return StudentT(degreesOfFreedom: degreesOfFreedom).twoSidedTail(value / standardError)
  }

  /// A loss's score. Nil where it is undefined for a seed, or nothing is known about its error.
  package init?(_ score: ClassMean, of runs: [ResampledRun]) {
    self.init(runs.map { [$0] }, images: runs.map(\.images)) { score($0[0]) }
  }

  /// A loss's score minus that of another: `pairs` are runs of the same seed on the same images. Nil
  /// also if they are not of the same images.
  package init?(
    _ score: ClassMean, of pairs: [(candidate: ResampledRun, reference: ResampledRun)]
  ) {
    guard pairs.allSatisfy({ $0.candidate.truth == $0.reference.truth }) else { return nil }
    self.init(
      pairs.map { [$0.candidate, $0.reference] }, images: pairs.map(\.candidate.images)
    ) { totals in
      guard let candidate = score(totals[0]), let reference = score(totals[1]) else { return nil }
      return candidate - reference
    }
  }

  /// A loss's score minus another score of the same runs. Nil as above.
  package init?(_ score: ClassMean, minus other: ClassMean, of runs: [ResampledRun]) {
    self.init(runs.map { [$0] }, images: runs.map(\.images)) { totals in
      guard let value = score(totals[0]), let base = other(totals[0]) else { return nil }
      return value - base
    }
  }

  /// - Parameters:
  ///   - runs: for each seed, the runs that `quantity` takes.
  ///   - images: the images of each seed.
  private init?(
    _ runs: [[ResampledRun]], images: [Int], quantity: ([ClassTotals]) -> Double?
  ) {
    self.init(
      values: runs.map { quantity($0.map(\.totals)) }, images: images,
      replicates: runs.flatMap { $0.map(\.replicates.count) }.min() ?? 0
    ) { draw in runs.map { quantity($0.map { $0.replicates[draw] }) } }
  }

  /// - Parameters:
  ///   - seeds: the quantity of each seed on all images; nil where undefined.
  ///   - images: the images of each seed.
  ///   - replicates: the number of draws.
  ///   - draw: the quantity of each seed on one draw of the images.
  init?(values seeds: [Double?], images: [Int], replicates: Int, draw: (Int) -> [Double?]) {
    let values = seeds.compactMap(\.self)
    guard let count = images.first, count > 1, Set(images).count == 1, values.count == seeds.count
    else { return nil }
    let n = Double(values.count)
    // A draw in which the quantity is undefined (no pixel of the class) says nothing.
    let drawn = (0..<replicates).compactMap { replicate -> Double? in
      let drawn = draw(replicate).compactMap(\.self)
      return drawn.count == values.count ? drawn.reduce(0, +) / n : nil
    }
    guard drawn.count > replicates / 2, let ofImages = variance(drawn) else { return nil }
    let ofSeeds = (variance(values) ?? 0) / n
    value = values.reduce(0, +) / n
    standardError = (ofSeeds + ofImages).squareRoot()
    let parts = [(ofSeeds, n - 1), (ofImages, Double(count - 1))]
    let weight = parts.reduce(0) { $0 + ($1.1 > 0 ? $1.0 * $1.0 / $1.1 : 0) }
    let whole = ofSeeds + ofImages
    let satterthwaite = weight > 0 ? whole * whole / weight : Double(count - 1)
    degreesOfFreedom = values.count == 2 ? 1 : satterthwaite
    (self.seeds, self.images) = (values.count, count)
  }
}

/// The sample variance (n - 1); nil for fewer than two values.
private func variance(_ values: [Double]) -> Double? {
  guard values.count > 1 else { return nil }
  let mean = values.reduce(0, +) / Double(values.count)
  return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
}
