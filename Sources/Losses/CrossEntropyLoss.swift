/// Cross-entropy: the mean of ce_i = -log p_{i,y_i} over the valid pixels (equation 1 of the
/// recall loss paper, divided by their number).
///
/// Gradient: (p_j - [j = y]) / |V| (equation 6).
package struct CrossEntropyLoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    plainCrossEntropy(input, normalizer: Double(input.validPixels))
  }

  static let descriptor = LossDescriptor(
    name: "ce", title: "Cross-entropy",
    formula: "L = 1/|V| Σᵢ −log pᵢ,y",
    reduction: "mean over the batch's valid pixels",
    absentClasses: noTerm, source: "recall loss paper, equations (1) and (6)",
    claims: LossClaims(lowerBound: 0, differsFromCE: false)
  ) { _ in CrossEntropyLoss() }

  /// The authors' code computes the same.
  static let published = LossDescriptor(
    name: "ce.published", title: "Cross-entropy, as published",
    formula: descriptor.formula, reduction: descriptor.reduction, absentClasses: noTerm,
    source: "authors' code: the same as ce", claims: LossClaims(lowerBound: 0, differsFromCE: false)
  ) { _ in CrossEntropyLoss() }
}

/// How absent classes are treated when the terms are pixels.
let noTerm = "a class absent from the batch has no term"
