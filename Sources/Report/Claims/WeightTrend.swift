/// How a class's share of the sum of a loss's class weights changes over training: the mean of the
/// last quarter of the history minus that of the first, over the seeds.
struct WeightTrend {
  /// The change of each seed, as a fraction of 1.
  let changes: [Double]

  /// - Parameter histories: one for each seed; entries without a weight of this class are skipped.
  init(of c: Int, histories: [[(iteration: Int, weights: [Double?])]]) {
    changes = histories.compactMap { history in
      guard let last = history.last?.iteration else { return nil }
      func mean(_ range: Range<Double>) -> Double? {
        let shares = history.compactMap { entry -> Double? in
          guard range.contains(Double(entry.iteration) / Double(last)),
            entry.weights.indices.contains(c),
            let weight = entry.weights[c]
          else { return nil }
          let sum = entry.weights.compactMap(\.self).reduce(0, +)
          return sum > 0 ? weight / sum : nil
        }
        return shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
      }
      guard let early = mean(0..<0.25), let late = mean(0.75..<1.01) else { return nil }
      return late - early
    }
  }

  /// - Parameter rises: whether the claim is that the share rises; otherwise, that it falls.
  func finding(rises: Bool, _ what: String) -> Finding {
    Rule.direction(
      ofSeeds: changes, isHigher: rises, what, missing: "history with its weights", test: "trend")
  }
}

extension PanelComparisons {
  /// The trend of a class's weight in the runs of a loss.
  func weightTrend(of c: Int, _ loss: LossName) -> WeightTrend {
    WeightTrend(
      of: c,
      histories: reportedRuns(of: loss).map { run in
        run.history.compactMap { entry in entry.classWeights.map { (entry.iteration, $0) } }
      })
  }
}
