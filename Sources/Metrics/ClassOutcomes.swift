/// Pixels of one class, or of a group of classes, by outcome; and the scores of the recall-loss
/// paper's Table I.
///
/// A score whose denominator is 0 is undefined (nil); it is never replaced by 0 or 1. See
/// docs/policy.md.
package struct ClassOutcomes: Hashable, Sendable {
  /// Pixels of the class, predicted as the class.
  package var truePositives: Int
  /// Pixels of another scored class, predicted as this one.
  package var falsePositives: Int
  /// Pixels of the class, predicted as anything else, including an ignored id.
  package var falseNegatives: Int

  package init(truePositives: Int, falsePositives: Int, falseNegatives: Int) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.falseNegatives = falseNegatives
  }

  /// TP / (TP + FN): what the paper calls accuracy. Undefined where the class has no true pixel.
  package var recall: Double? { quotient(truePositives, truePositives + falseNegatives) }

  /// TP / (TP + FP). Undefined where the class is never predicted.
  package var precision: Double? { quotient(truePositives, truePositives + falsePositives) }

  /// TP / (TP + FP + FN), the intersection over union. Undefined where the class is neither
  /// present nor predicted.
  package var jaccard: Double? {
    quotient(truePositives, truePositives + falsePositives + falseNegatives)
  }

  /// 2 TP / (2 TP + FP + FN), which is F1, the harmonic mean of precision and recall. Undefined
  /// where the class is neither present nor predicted.
  package var dice: Double? {
    quotient(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
  }

  /// TP / (TP + alpha FP + beta FN), for nonnegative weights: (1, 1) is Jaccard, (1/2, 1/2) Dice,
  /// (0, 1) recall, (1, 0) precision. Undefined where the denominator is 0.
  package func tversky(alpha: Double, beta: Double) -> Double? {
    let whole =
      Double(truePositives) + alpha * Double(falsePositives) + beta * Double(falseNegatives)
    return whole == 0 ? nil : Double(truePositives) / whole
  }
}

/// Both are exact below 2^53, so the quotient is the correctly rounded one.
func quotient(_ part: Int, _ whole: Int) -> Double? {
  whole == 0 ? nil : Double(part) / Double(whole)
}
