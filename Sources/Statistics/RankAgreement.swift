import Metrics
import Tensors

/// How far the order of losses by a published score agrees with that by ours: Kendall's tau-b, with
/// an interval that says how it would vary over our seeds and images and over reruns of theirs.
///
/// The losses are not resampled: they are the ones that were published, not a sample of others. In
/// each of the draws
/// - our images are those of a bootstrap draw, shared by all losses and seeds;
/// - to the mean of each loss is added the sum over the n seeds of a normal number, the same for
///   all losses, times the seed's deviation from the mean, over sqrt(n (n - 1)): its covariance is
///   that of the seeds' means. The sum is divided by sqrt(chi-square / (n - 1)) of n - 1 degrees of
///   freedom, as in Student's t, because few seeds tell little about that covariance;
/// - to each published score is added a normal number with the standard deviation of a rerun.
///
/// The interval is that between the 2.5th and the 97.5th percentile of tau over the draws. With a
/// single seed the second part is missing, and `seeds` says so.
package struct RankAgreement: Hashable, Sendable {
  package let tau: Double
  /// 95 percent.
  package let interval: ClosedRange<Double>
  package let seeds: Int
  package let images: Int
  /// Our score of each loss: the mean over the seeds, a fraction of 1.
  package let scores: [Double]

  /// - Parameters:
  ///   - published: a score for each loss.
  ///   - rerun: the standard deviation of a published score over reruns; 0 where it is not known.
  ///   - runs: for each loss its runs, of the same seeds in the same order, on the same images.
  /// - Returns: nil where there is nothing to order, or nothing is known about our error.
  package init?(
    _ published: [Double], rerun: Double, runs: [[ResampledRun]], _ score: ClassMean
  ) {
    let seeds = runs.first?.count ?? 0
    guard seeds > 0, runs.allSatisfy({ $0.count == seeds }),
      let truth = runs.first?.first?.truth, truth.count > 1,
      runs.joined().allSatisfy({ $0.truth == truth })
    else { return nil }
    let scored = runs.map { $0.map { $0.scored(score) } }
    let values = scored.map { $0.compactMap(\.value) }
    guard values.allSatisfy({ $0.count == seeds }) else { return nil }
    scores = values.map(average)
    guard let tau = kendallTau(published, scores) else { return nil }
    (self.tau, self.seeds, images) = (tau, seeds, truth.count)
    let draws = scored.joined().map(\.draws.count).min() ?? 0
    let drawn = (0..<draws).compactMap { draw -> Double? in
      let means = scored.compactMap { mean($0.map { $0[draw] }) }
      guard means.count == runs.count else { return nil }
      var random = RandomSource(
        seed: UInt64(truth.count), purpose: "rank agreement", counter: UInt64(draw))
      let shifts = seedShifts(values, &random)
      let theirs = published.map { $0 + rerun * random.normal() }
      return kendallTau(theirs, zip(means, shifts).map(+))
    }.sorted()
    guard drawn.count > draws / 2 else { return nil }
    interval = percentile(drawn, 0.025)...percentile(drawn, 0.975)
  }
}

/// A draw of what other seeds would have added to each loss's mean; 0 for a single seed.
/// - Parameter values: for each loss, its score of each seed.
private func seedShifts(_ values: [[Double]], _ random: inout RandomSource) -> [Double] {
  let n = values[0].count
  guard n > 1 else { return values.map { _ in 0 } }
  let factors = (0..<n).map { _ in random.normal() }
  let chiSquare = (1..<n).reduce(0.0) { sum, _ in
    let z = random.normal()
    return sum + z * z
  }
  let scale = (Double(n - 1) / chiSquare / Double(n * (n - 1))).squareRoot()
  return values.map { seeds in
    let middle = average(seeds)
    return scale * zip(factors, seeds).reduce(0) { $0 + $1.0 * ($1.1 - middle) }
  }
}

private func average(_ values: [Double]) -> Double {
  values.reduce(0, +) / Double(values.count)
}

/// The value of which this part of the sorted values are not above it; the nearest rank.
private func percentile(_ sorted: [Double], _ part: Double) -> Double {
  sorted[min(sorted.count - 1, max(0, Int((part * Double(sorted.count)).rounded(.up)) - 1))]
}
