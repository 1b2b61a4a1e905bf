/// Scores as fractions in 0...1, by one policy for all (docs/policy.md): an undefined score is nil,
/// and a mean over classes leaves undefined ones out, as the official Cityscapes evaluation does
/// for IoU, and is nil if nothing is left.
extension ConfusionMatrix {
  /// Pixels counted with the true id c: TP + FN for a scored class.
  package func truePixels(of c: Int) -> Int { counts[c * classes..<(c + 1) * classes].reduce(0, +) }

  /// Scored pixels predicted as class c: TP + FP.
  package func predictedPixels(of c: Int) -> Int {
    scored.reduce(0) { $0 + self[truth: $1, prediction: c] }
  }

  /// Pixels scored, which leaves those of ignored ids out.
  package var pixels: Int { scored.reduce(0) { $0 + truePixels(of: $1) } }

  /// The outcomes of class c; nil for an ignored id.
  package func outcomes(of c: Int) -> ClassOutcomes? {
    ignored.contains(c) ? nil : outcomes(of: [c])
  }

  /// The outcomes of several scored classes taken as one: to mistake one for another of them is
  /// right.
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

  /// TP / (TP + FN), the class's recall.
  package func accuracy(of c: Int) -> Double? { outcomes(of: c)?.recall }

  /// TP / (TP + FP).
  package func precision(of c: Int) -> Double? { outcomes(of: c)?.precision }

  /// TP / (TP + FP + FN), also called Jaccard.
  package func iou(of c: Int) -> Double? { outcomes(of: c)?.jaccard }

  /// 2 TP / (2 TP + FP + FN), the class's F1.
  package func dice(of c: Int) -> Double? { outcomes(of: c)?.dice }

  /// TP / (TP + alpha FP + beta FN).
  package func tversky(of c: Int, alpha: Double, beta: Double) -> Double? {
    outcomes(of: c)?.tversky(alpha: alpha, beta: beta)
  }

  /// Correct pixels / all pixels, of those scored.
  package var pixelAccuracy: Double? {
    quotient(scored.reduce(0) { $0 + self[truth: $1, prediction: $1] }, pixels)
  }

  /// Over all classes.
  package var meanAccuracy: Double? { meanAccuracy(over: 0..<classes) }
  /// Over all classes.
  package var meanIoU: Double? { meanIoU(over: 0..<classes) }
  /// Over all classes.
  package var meanPrecision: Double? { Self.mean((0..<classes).map(precision(of:))) }
  /// Over all classes: the mean of the classes' F1, not the F1 of mean precision and recall.
  package var meanDice: Double? { Self.mean((0..<classes).map(dice(of:))) }

  /// Over some classes, such as the minority ones.
  package func meanAccuracy(over subset: some Sequence<Int>) -> Double? {
    Self.mean(subset.map(accuracy(of:)))
  }

  /// Over some classes, such as the minority ones.
  package func meanIoU(over subset: some Sequence<Int>) -> Double? {
    Self.mean(subset.map(iou(of:)))
  }

  /// The mean of those that are defined, nil if none is.
  package static func mean(_ scores: some Sequence<Double?>) -> Double? {
    let defined = scores.compactMap { $0 }
    return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
  }
}
