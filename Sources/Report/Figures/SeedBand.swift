/// A quantity over the iterations of training, summarized over the seeds of a loss.
struct SeedBand {
  /// Means over the seeds, at the iterations that all of them recorded.
  let mean: [Point]
  /// One sample standard deviation below and above each mean; empty for a single seed.
  let band: [Band]
  let seedCount: Int

  struct Band: Hashable {
    let x: Double
    let low: Double
    let high: Double
  }

  /// - Parameter seeds: a curve for each seed. Empty curves take no part, and neither does an
  ///   iteration at which a seed has no finite value.
  init(_ seeds: [[Point]]) {
    let curves = seeds.filter { !$0.isEmpty }.map { curve in
      Dictionary(curve.map { ($0.x, $0.y) }) { first, _ in first }
    }
    let summaries = (curves.first ?? [:]).keys.sorted().compactMap { x -> (Double, Statistic)? in
      let values = curves.compactMap { $0[x] }.filter(\.isFinite)
      guard values.count == curves.count, let statistic = Statistic(values) else { return nil }
      return (x, statistic)
    }
    seedCount = curves.count
    mean = summaries.map { Point(x: $0, y: $1.mean) }
    band = summaries.compactMap { x, statistic in
      statistic.deviation.map { Band(x: x, low: statistic.mean - $0, high: statistic.mean + $0) }
    }
  }

  var isEmpty: Bool { mean.isEmpty }

  /// What lines and bands are, for a figure that shows these summaries.
  static func legend(_ bands: [SeedBand]) -> String {
    let counts = bands.filter { !$0.isEmpty }.map(\.seedCount)
    if counts.allSatisfy({ $0 == 1 }) {
      return "Each line is a single seed, so there is no band, and the spread is unknown."
    }
    let some = counts.contains(1) ? "; a loss with a single seed has no band" : ""
    return
      "Lines: means over the seeds; bands: one sample standard deviation to either side\(some)."
  }
}
