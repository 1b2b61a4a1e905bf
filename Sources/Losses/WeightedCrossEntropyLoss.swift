/// Cross-entropy weighted by inverse class frequency (equation 2 of the recall loss paper):
/// sum w_y ce / sum w_y over the valid pixels, w_c = N / N_c from the training split.
///
/// Gradient: w_y (p_j - [j = y]) / sum w_y. A class without training pixels has weight 0; a batch
/// of nothing but such classes has value 0 and gradient 0.
package struct WeightedCrossEntropyLoss: Loss {
  /// w_c, one a class.
  package let weights: [Double]
  package var constantClassWeights: [Double]? { weights }

  /// - Parameter classPixels: N_c, the training split's pixels of each class.
  package init(classPixels: [Int]) {
    let total = classPixels.reduce(0.0) { $0 + Double($1) }
    weights = classPixels.map { $0 > 0 ? total / Double($0) : 0 }
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    weightedMeanCrossEntropy(input, weights: weights)
  }

  static let descriptor = LossDescriptor(
    name: "weighted_ce", title: "Inverse-frequency weighted cross-entropy",
    formula: "L = Σᵢ w_y·(−log pᵢ,y) / Σᵢ w_y,  w_c = N/N_c",
    reduction: "weighted mean over the batch's valid pixels",
    source: "recall loss paper, equation (2); N_c from the training split",
    needsClassPixels: true
  ) { WeightedCrossEntropyLoss(classPixels: $0.classPixels) }
}
