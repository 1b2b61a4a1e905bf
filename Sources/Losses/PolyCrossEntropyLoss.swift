import Tensors

/// Poly-1 cross-entropy (Leng et al., PolyLoss, ICLR 2022, equation 6): the mean over the valid
/// pixels of ce + epsilon (1 - p_y).
///
/// Cross-entropy is the sum of (1 - p_y)^k / k; epsilon adds to the first coefficient. Gradient:
/// (1 + epsilon p_y) (p_j - [j = y]) / |V|. Below -1 a confident pixel's gradient would point away
/// from its class.
package struct PolyCrossEntropyLoss: Loss {
  /// At least -1.
  package let epsilon: Double

  package init(epsilon: Double = 1) {
    precondition(epsilon >= -1, "Poly-1 loss with epsilon \(epsilon)")
    self.epsilon = epsilon
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    let epsilon = Float(epsilon)
    let (value, gradient, _) = weightedCrossEntropy(
      input.batch, normalizer: Double(input.validPixels)
    ) { tile, _ in
      let ignored = .!tile.isValid
      let term = tile.crossEntropy + epsilon * tile.miss
      let slope = 1 + epsilon * tile.confidence
      return (
        sum(term.replacing(with: 0, where: ignored)), slope.replacing(with: 0, where: ignored)
      )
    }
    return LossResult(value: value, gradient: gradient)
  }

  static let descriptor = LossDescriptor(
    name: "poly1_ce", title: "Poly-1 cross-entropy",
    formula: "L = 1/|V| Σᵢ (−log pᵢ,y) + ε·(1−pᵢ,y)",
    reduction: "mean over the batch's valid pixels",
    absentClasses: noTerm, source: "Leng et al. 2022, equation (6)",
    parameters: [
      LossParameter(
        name: "epsilon", defaultValue: 1, range: .atLeast(-1),
        meaning: "added weight of the first power of 1 − p; 0 is cross-entropy")
    ], claims: LossClaims(lowerBound: 0)
  ) { PolyCrossEntropyLoss(epsilon: $0["epsilon"]) }
}
