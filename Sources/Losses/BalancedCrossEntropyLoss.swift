import Foundation

/// Class-balanced cross-entropy by the effective number of samples (Cui et al., CVPR 2019,
/// equation 5): sum w_y ce / sum w_y over the valid pixels, w_c = (1 - b) / (1 - b^{N_c}), rescaled
/// so that the weights sum to the number of classes.
///
/// Gradient: w_y (p_j - [j = y]) / sum w_y. b = 0 makes all weights equal; b near 1 gives inverse
/// frequency. The constants of its paper (0.9999) saturate on pixel counts, so b defaults to
/// (N - 1)/N, with N the number of training pixels. A class without training pixels has weight 0.
package struct BalancedCrossEntropyLoss: Loss {
  /// w_c, one per class.
  package let weights: [Double]
  package var constantClassWeights: [Double]? { weights }

  /// - Parameters:
  ///   - classPixels: N_c, the training split's pixels of each class.
  ///   - beta: b in [0, 1), or nil for (N - 1)/N.
  ///   - uncounted: the weight, over 1 - b, of a class without pixels.
  package init(classPixels: [Int], beta: Double? = nil, uncounted: Double = 0) {
    let total = classPixels.reduce(0.0) { $0 + Double($1) }
    // 1 - b^n = -expm1(n log b); at b = 1 - 1/N the logarithm needs log1p to keep its precision.
    let logBeta = beta.map { log($0) } ?? log1p(-1 / total)
    let raw = classPixels.map { $0 > 0 ? -1 / expm1(Double($0) * logBeta) : uncounted }
    let sum = raw.reduce(0, +)
    weights = raw.map { sum > 0 ? $0 / sum * Double(classPixels.count) : 0 }
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    weightedMeanCrossEntropy(input, weights: weights)
  }

  static let descriptor = LossDescriptor(
    name: "balanced_ce", title: "Class-balanced cross-entropy",
    formula: "L = Σᵢ w_y·(−log pᵢ,y) / Σᵢ w_y,  w_c ∝ (1−β)/(1−β^N_c),  Σ w_c = C",
    reduction: "weighted mean over the batch's valid pixels",
    absentClasses:
      "a class absent from the batch has no term, one without training pixels weight 0",
    source: "Cui et al. 2019, equation (5); N_c from the training split",
    parameters: [beta], needsClassPixels: true, claims: LossClaims(lowerBound: 0)
  ) { BalancedCrossEntropyLoss(classPixels: $0.classPixels, beta: $0.values["beta"]) }

  /// The counts are those of the validation batches' first images, and a class that was not counted
  /// has the raw weight 1 - b, as if 1 - b^{N_c} were 1.
  static let published = LossDescriptor(
    name: "balanced_ce.published", title: "Class-balanced cross-entropy, as published",
    formula: descriptor.formula, reduction: descriptor.reduction,
    absentClasses: "a class absent from the batch has no term; one that was not counted has "
      + "w_c ∝ 1−β",
    source: "authors' code; N_c from the first image of every validation batch",
    parameters: [beta], needsValidationPixels: true, claims: LossClaims(lowerBound: 0)
  ) {
    BalancedCrossEntropyLoss(
      classPixels: $0.validationFirstImagePixels, beta: $0.values["beta"], uncounted: 1)
  }

  private static let beta = LossParameter(
    name: "beta", defaultValue: nil, defaultText: "(N−1)/N", range: .from(0, below: 1),
    meaning: "0 weights all classes alike, towards 1 by inverse frequency")
}
