extension PanelComparisons {
  /// The false positives of the minority classes at the end of training, one loss minus another: the
  /// mean of the last quarter of the history, paired by seed; a t-test over the seeds.
  func falsePositives(of candidate: LossName, minus reference: LossName) -> Finding {
    let what =
      "\(candidate.base) - \(reference.base), minority false positives in the last quarter"
    let (a, b) = (lateFalsePositives(candidate), lateFalsePositives(reference))
    let differences = a.keys.sorted().compactMap { seed in
      b[seed].flatMap { theirs in a[seed].map { $0 - theirs } }
    }
    return Rule.direction(
      ofSeeds: differences, isHigher: true, what, missing: "history with them", test: "test")
  }

  /// The level of each seed, as a share of the valid pixels.
  private func lateFalsePositives(_ loss: LossName) -> [UInt64: Double] {
    var levels: [UInt64: Double] = [:]
    for run in reportedRuns(of: loss) {
      guard let last = run.history.last?.iteration else { continue }
      let late = run.history.filter { 4 * $0.iteration >= 3 * last }.compactMap(\.falsePositives)
      let sums = late.map { shares in
        panel.classes.minority.reduce(0) { $0 + (shares.indices.contains($1) ? shares[$1] : 0) }
      }
      levels[run.configuration.seed] = Statistic(sums)?.mean
    }
    return levels
  }
}
