import Foundation

/// Focal loss as the authors' code computes it: the focal factor is applied once, to the batch's
/// mean cross-entropy CE, not to each pixel: (1 - exp(-CE))^gamma CE.
///
/// Gradient: that of CE times (1 - e)^gamma (1 + gamma e CE / (1 - e)), e = exp(-CE): the factor is
/// differentiated too, but is the same for every pixel. Reports (1 - e)^gamma for every class
/// present.
package struct PublishedFocalLoss: Loss {
  /// The exponent, nonnegative.
  package let gamma: Double

  package init(gamma: Double = 1) {
    precondition(gamma >= 0, "focal loss with gamma \(gamma)")
    self.gamma = gamma
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    var result = CrossEntropyLoss().evaluate(input)
    let ce = result.value
    let (confidence, miss) = (exp(-ce), -expm1(-ce))
    let weight = pow(miss, gamma)
    let ratio = miss > 0 ? ce / miss : 1
    result.scale(
      value: weight, gradient: weight * (1 + gamma * confidence * ratio), input.compute)
    result.classWeights = input.classPixels.map { $0 > 0 ? weight : .nan }
    return result
  }

  static let descriptor = LossDescriptor(
    name: "focal.published", title: "Focal loss, as published",
    formula: "L = (1−e^(−CE))^γ·CE,  CE = 1/|V| Σᵢ −log pᵢ,y",
    reduction: "one factor on the mean over the batch's valid pixels",
    absentClasses: noTerm, source: "authors' code, with γ = 1",
    parameters: [
      LossParameter(
        name: "gamma", defaultValue: 1, range: .atLeast(0),
        meaning: "focus on hard batches; 0 is cross-entropy")
    ], claims: LossClaims(lowerBound: 0)
  ) { PublishedFocalLoss(gamma: $0["gamma"]) }
}
