import Foundation

/// Focal loss (Lin et al., ICCV 2017, equation 4): the mean of (1 - p_y)^gamma ce over the valid
/// pixels. The weight takes part in the gradient.
///
/// Gradient: s (p_j - [j = y]) / |V| with s = (1 - p_y)^gamma (1 + gamma p_y ce / (1 - p_y)); the
/// last quotient tends to 1 as p_y does. gamma = 0 is cross-entropy. Reports the class means of
/// (1 - p_y)^gamma (section IV-D of the recall loss paper).
package struct FocalLoss: Loss {
  /// The focusing exponent, not negative.
  package let gamma: Double

  package init(gamma: Double = 1) {
    precondition(gamma >= 0, "focal loss with gamma \(gamma)")
    self.gamma = gamma
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    let gamma = gamma
    var (result, weightSums) = reweightedCrossEntropy(
      input, normaliser: Double(input.validPixels)
    ) { pixel in
      let miss = Double(pixel.miss)
      let weight = gamma == 1 ? miss : gamma == 2 ? miss * miss : pow(miss, gamma)
      let ratio = miss > 0 ? pixel.crossEntropy / miss : 1
      return PixelWeight(
        weight: weight, slope: weight * (1 + gamma * Double(pixel.confidence) * ratio))
    }
    result.classWeights = zip(weightSums, input.classPixels).map { sum, count in
      count > 0 ? sum / Double(count) : .nan
    }
    return result
  }

  static let descriptor = LossDescriptor(
    name: "focal", title: "Focal loss",
    formula: "L = 1/|V| Σᵢ (1−pᵢ,y)^γ·(−log pᵢ,y)",
    reduction: "mean over the batch's valid pixels",
    absentClasses: noTerm, source: "Lin et al. 2017, equation (4)",
    parameters: [
      LossParameter(
        name: "gamma", defaultValue: 1, range: .atLeast(0),
        meaning: "focus on hard pixels; 0 is cross-entropy, its paper prefers 2")
    ], lowerBound: 0
  ) { FocalLoss(gamma: $0.values["gamma"] ?? 1) }
}
