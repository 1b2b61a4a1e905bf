/// Cross-entropy weighted by inverse class frequency (equation 2 of the recall loss paper):
/// sum w_y ce / sum w_y over the valid pixels, w_c = N / N_c from the training split.
///
/// Gradient: w_y (p_j - [j = y]) / sum w_y. A class without training pixels has weight 0; a batch
/// of only such classes has value 0 and gradient 0.
package struct WeightedCrossEntropyLoss: Loss {
  /// w_c, one per class.
  package let weights: [Double]
  package var constantClassWeights: [Double]? { weights }

  /// - Parameter classPixels: N_c, the training split's pixels of each class.
  package init(classPixels: [Int]) {
    let total = classPixels.reduce(0.0) { $0 + Double($1) }
    weights = classPixels.map { $0 > 0 ? total / Double($0) : 0 }
  }

  /// The authors' scaling, which does not change the loss.
  /// - Parameter counts: N_c, one per class.
  init(median counts: [Int]) {
    let sorted = counts.sorted()
    let median = Double(sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    // A median of 0 would make all weights 0.
    weights = counts.map { $0 > 0 ? (median > 0 ? median : 1) / Double($0) : 0 }
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    weightedMeanCrossEntropy(input, weights: weights)
  }

  static let descriptor = LossDescriptor(
    name: "weighted_ce", title: "Inverse-frequency weighted cross-entropy",
    formula: "L = Σᵢ w_y·(−log pᵢ,y) / Σᵢ w_y,  w_c = N/N_c",
    reduction: "weighted mean over the batch's valid pixels",
    absentClasses:
      "a class absent from the batch has no term, one without training pixels weight 0",
    source: "recall loss paper, equation (2); N_c from the training split",
    needsClassPixels: true, claims: LossClaims(lowerBound: 0)
  ) { WeightedCrossEntropyLoss(classPixels: $0.classPixels) }

  /// w_c = median(N_.)/N_c with the counts of the validation batches' first images; the median
  /// cancels in the quotient.
  static let published = LossDescriptor(
    name: "weighted_ce.published", title: "Inverse-frequency weighted cross-entropy, as published",
    formula: "L = Σᵢ w_y·(−log pᵢ,y) / Σᵢ w_y,  w_c = median(N)/N_c",
    reduction: descriptor.reduction,
    absentClasses: "a class absent from the batch has no term, one that was not counted weight 0",
    source: "authors' code; N_c from the first image of every validation batch",
    needsValidationPixels: true, claims: LossClaims(lowerBound: 0)
  ) { WeightedCrossEntropyLoss(median: $0.validationFirstImagePixels) }
}
