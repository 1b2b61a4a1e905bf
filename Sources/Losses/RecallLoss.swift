import Tensors

/// Recall loss (equations 4 and 5 of "Striking the Right Balance: Recall Loss for Semantic
/// Segmentation"): sum over the valid pixels of (1 - R_y) ce, divided by their number.
///
/// 1 - R_c = FN_c / (FN_c + TP_c) of the current batch's valid pixels, predictions by argmax with
/// ties to the lowest class. The weight takes no gradient: (1 - R_y) (p_j - [j = y]) / |V|. A fully
/// recalled class has weight 0, a fully missed class weight 1. Reports 1 - R_c.
package struct RecallLoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    let weights = zip(missedPixels(input.batch), input.classPixels).map { missed, count in
      count > 0 ? Double(missed) / Double(count) : .nan
    }
    var result = classWeightedCrossEntropy(
      input, weights: weights, normalizer: Double(input.validPixels))
    result.classWeights = weights
    return result
  }

  static let descriptor = LossDescriptor(
    name: "recall", title: "Recall loss",
    formula: "L = 1/|V| Σᵢ (1−R_y)·(−log pᵢ,y),  R_c = TP_c/(TP_c+FN_c) of the batch",
    reduction: "sum of weighted terms over the batch's valid pixels, divided by their number",
    absentClasses: "a class absent from the batch has no term; with momentum it keeps its weight",
    state: "none; with momentum m the weights: w_t = (1−m)(1−R_t) + m·w_{t−1}, w_0 = 1, and the "
      + "sum is divided by Σᵢ w_y",
    source: "recall loss paper, equations (4) and (5); momentum: the authors' second version",
    parameters: [
      LossParameter(
        name: "momentum", defaultValue: nil, defaultText: "none", range: .between(0, 1),
        meaning: "share of the step before in the weights; without it they are the batch's alone")
    ] + RecallVariantLoss.parameters, claims: LossClaims(lowerBound: 0)
  ) { try RecallVariantLoss.make($0, countsFromOne: false, plain: RecallLoss()) }
}
