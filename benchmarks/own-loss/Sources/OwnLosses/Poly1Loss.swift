import RecallBench

/// Poly-1 cross-entropy (Leng et al., PolyLoss, ICLR 2022, equation 6): the mean of
/// ce + epsilon (1 - p_y) over the valid pixels, ce = -log p_y.
///
/// The expansion of cross-entropy in powers of 1 - p_y begins with 1 - p_y itself; epsilon changes
/// the weight of that first term from 1 to 1 + epsilon.
///
/// Gradient: (1 + epsilon p_y) (p_j - [j = y]) / |V|, since d p_y / d z_j = p_y ([j = y] - p_j).
public struct Poly1Loss: Loss {
  /// At least -1: below, the loss of a pixel would be negative, and its gradient would point away from
  /// the truth.
  public let epsilon: Double

  public init(epsilon: Double = 1) {
    precondition(epsilon >= -1, "Poly-1 loss with epsilon \(epsilon)")
    self.epsilon = epsilon
  }

  public func evaluate(_ input: LossInput) -> LossResult {
    reweightedCrossEntropy(input, normalizer: Double(input.validPixels)) { pixel in
      // The term is weight * ce. As ce vanishes, (1 - p) / ce tends to 1.
      let ce = pixel.crossEntropy
      return PixelWeight(
        weight: 1 + epsilon * (ce > 0 ? Double(pixel.miss) / ce : 1),
        slope: 1 + epsilon * Double(pixel.confidence))
    }.result
  }

  public static let descriptor = LossDescriptor(
    name: "poly1", title: "Poly-1 cross-entropy",
    formula: "L = 1/|V| Σᵢ (−log pᵢ,y) + ε·(1 − pᵢ,y)",
    reduction: "mean over the batch's valid pixels",
    absentClasses: "a class absent from the batch has no term",
    source: "Leng et al., PolyLoss, ICLR 2022, equation (6)",
    parameters: [
      LossParameter(
        name: "epsilon", defaultValue: 1, range: .atLeast(-1),
        meaning: "added weight of the first power of 1 − p; 0 is cross-entropy")
    ], claims: LossClaims(lowerBound: 0)
  ) { Poly1Loss(epsilon: $0["epsilon"]) }
}
