/// Scores are fractions in 0...1; `Metric` has the policy for undefined ones.
extension ConfusionMatrix: ClassCounts {
  /// Pixels counted with the true id c: TP + FN for a scored class.
  package func truePixels(of c: Int) -> Int { counts[c * classes..<(c + 1) * classes].reduce(0, +) }

  /// Scored pixels predicted as class c: TP + FP.
  package func predictedPixels(of c: Int) -> Int {
    scored.reduce(0) { $0 + self[truth: $1, prediction: c] }
  }

  /// Scored pixels, which exclude those of ignored ids.
  package var pixels: Int { scored.reduce(0) { $0 + truePixels(of: $1) } }

  /// The outcomes of class c; nil for an ignored id.
  package func outcomes(of c: Int) -> ClassOutcomes? {
    ignored.contains(c) ? nil : outcomes(of: [c])
  }

  /// The outcomes of several scored classes merged into one: confusing one with another of them
  /// counts as correct.
  package func outcomes(of group: some Collection<Int>) -> ClassOutcomes {
    let members = Set(group)
    let all = members.reduce(0) { $0 + truePixels(of: $1) }
    let hits = members.reduce(0) { sum, t in
      members.reduce(sum) { $0 + self[truth: t, prediction: $1] }
    }
    return ClassOutcomes(
      truePositives: hits, falsePositives: falsePositives(of: members, truth: members),
      falseNegatives: all - hits)
  }

  /// Scored pixels outside of `truth` that are predicted as one of `predictions`.
  package func falsePositives(of predictions: Set<Int>, truth: Set<Int>) -> Int {
    scored.filter { !truth.contains($0) }.reduce(0) { sum, t in
      predictions.reduce(sum) { $0 + self[truth: t, prediction: $1] }
    }
  }

  /// nil where undefined, and for an ignored id.
  package func score(_ metric: Metric, of c: Int) -> Double? {
    outcomes(of: c).flatMap { metric($0) }
  }

  /// Correct pixels / all scored pixels.
  package var pixelAccuracy: Double? {
    quotient(scored.reduce(0) { $0 + self[truth: $1, prediction: $1] }, pixels)
  }

  /// Over all classes.
  package var meanAccuracy: Double? { Metric.accuracy.mean(self) }
  /// Over all classes.
  package var meanIoU: Double? { Metric.iou.mean(self) }
}
