import Tensors

/// Cross-entropy weighted by one minus precision, Dice, Jaccard or Tversky index of the current
/// batch: what section III-C of the recall loss paper (equation 9 and Table I) argues against,
/// since false positives raise the weight, which leads to more of them.
///
/// sum over the valid pixels of w_y ce, divided by their number as in recall loss,
/// with w_c = 1 - TP / (TP + alpha FP + beta FN): precision is alpha = 1, beta = 0; Dice both 1/2;
/// Jaccard both 1. Counts are of the batch's valid pixels, predictions by argmax with ties to the
/// lowest class. The weight takes no gradient: w_y (p_j - [j = y]) / |V|. Where the quotient is
/// 0/0, no pixel is correct and the index counts as 0, so a class present but never predicted has
/// weight 1. Reports w_c of the classes present.
package struct MetricWeightedCrossEntropyLoss: Loss {
  /// The weights of false positives and false negatives, nonnegative.
  package let alpha: Double
  package let beta: Double

  package init(alpha: Double, beta: Double) {
    precondition(alpha >= 0 && beta >= 0, "Tversky index with alpha \(alpha), beta \(beta)")
    (self.alpha, self.beta) = (alpha, beta)
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    let (missed, falsePositives) = wrongPixels(input.batch)
    let weights = input.classPixels.indices.map { c in
      guard input.classPixels[c] > 0 else { return Double.nan }
      let wrong = alpha * Double(falsePositives[c]) + beta * Double(missed[c])
      let total = Double(input.classPixels[c] - missed[c]) + wrong
      return total > 0 ? wrong / total : 1
    }
    var result = classWeightedCrossEntropy(
      input, weights: weights, normalizer: Double(input.validPixels))
    result.classWeights = weights
    return result
  }

  static let precision = card(
    "precision_ce", "one minus precision", "FP_c/(FP_c+TP_c)", "equation (9)", (1, 0))
  static let dice = card(
    "dice_ce", "one minus Dice (F1)", "(FP_c+FN_c)/(2TP_c+FP_c+FN_c)", "Table I", (0.5, 0.5))
  static let jaccard = card(
    "jaccard_ce", "one minus Jaccard", "(FP_c+FN_c)/(TP_c+FP_c+FN_c)", "Table I", (1, 1))
  static let tversky = card(
    "tversky_ce", "one minus Tversky", "(α·FP_c+β·FN_c)/(TP_c+α·FP_c+β·FN_c)", "Table I",
    (0.3, 0.7),
    parameters: [
      LossParameter(
        name: "alpha", defaultValue: 0.3, range: .atLeast(0), meaning: "weight of false positives"),
      LossParameter(
        name: "beta", defaultValue: 0.7, range: .atLeast(0), meaning: "weight of false negatives"),
    ])

  private static func card(
    _ name: String, _ what: String, _ weight: String, _ place: String,
    _ defaults: (alpha: Double, beta: Double), parameters: [LossParameter] = []
  ) -> LossDescriptor {
    LossDescriptor(
      name: name, title: "Cross-entropy weighted by \(what)",
      formula: "L = 1/|V| Σᵢ w_y·(−log pᵢ,y),  w_c = \(weight) of the batch",
      reduction: "sum of weighted terms over the batch's valid pixels, divided by their number",
      absentClasses: noTerm + "; one present but never predicted has weight 1",
      source: "recall loss paper, section III-C, \(place)", parameters: parameters,
      claims: LossClaims(lowerBound: 0)
    ) {
      MetricWeightedCrossEntropyLoss(
        alpha: $0.values["alpha"] ?? defaults.alpha, beta: $0.values["beta"] ?? defaults.beta)
    }
  }
}
