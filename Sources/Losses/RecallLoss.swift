import Tensors

/// Recall loss (equations 4 and 5 of "Striking the Right Balance: Recall Loss for Semantic
/// Segmentation"): sum over the valid pixels of (1 - R_y) ce, divided by their number.
///
/// 1 - R_c = FN_c / (FN_c + TP_c) of the current batch's valid pixels, predictions by argmax with
/// ties to the lowest class. The weight takes no gradient: (1 - R_y) (p_j - [j = y]) / |V|. A class
/// wholly recalled has weight 0, one wholly missed weight 1. Reports 1 - R_c.
package struct RecallLoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    let predictions = argmax(logits: input.logits, input.compute)
    var missed = [Int](repeating: 0, count: input.classes)
    for (label, prediction) in zip(input.labels.ids, predictions)
    where label != LabelMap.ignored && label != prediction { missed[Int(label)] += 1 }
    let weights = zip(missed, input.classPixels).map { missed, count in
      count > 0 ? Double(missed) / Double(count) : .nan
    }
    var result = classWeightedCrossEntropy(
      input, weights: weights, normaliser: Double(input.validPixels))
    result.classWeights = weights
    return result
  }

  static let descriptor = LossDescriptor(
    name: "recall", title: "Recall loss",
    formula: "L = 1/|V| Σᵢ (1−R_y)·(−log pᵢ,y),  R_c = TP_c/(TP_c+FN_c) of the batch",
    reduction: "sum of weighted terms over the batch's valid pixels, divided by their number",
    source: "recall loss paper, equations (4) and (5)"
  ) { _ in RecallLoss() }
}
