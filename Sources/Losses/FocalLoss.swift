import Foundation
import Tensors

/// Focal loss (Lin et al., ICCV 2017, equation 4): the mean of (1 - p_y)^gamma ce over the valid
/// pixels. The weight takes part in the gradient.
///
/// Gradient: s (p_j - [j = y]) / |V| with s = (1 - p_y)^gamma (1 + gamma p_y ce / (1 - p_y)); the
/// last quotient tends to 1 as p_y does. gamma = 0 is cross-entropy. Reports the class means of
/// (1 - p_y)^gamma (section IV-D of the recall loss paper).
package struct FocalLoss: Loss {
  /// The focusing exponent, nonnegative.
  package let gamma: Double

  package init(gamma: Double = 1) {
    precondition(gamma >= 0, "focal loss with gamma \(gamma)")
    self.gamma = gamma
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    var (result, weightSums) =
      switch gamma {
      case 0: focal(input) { _ in (Lanes(repeating: 1), .zero) }
      case 1: focal(input) { miss in (miss, Lanes(repeating: 1)) }
      case 2: focal(input) { miss in (miss * miss, 2 * miss) }
      default: focal(input) { [gamma] in power($0, gamma) }
      }
    result.classWeights = zip(weightSums, input.classPixels).map { sum, count in
      count > 0 ? sum / Double(count) : .nan
    }
    return result
  }

  /// - Parameter weigh: (1 - p)^gamma and gamma (1 - p)^(gamma - 1) of 1 - p.
  @inline(__always)
  private func focal(
    _ input: LossInput, _ weigh: (_ miss: Lanes) -> (weight: Lanes, derivative: Lanes)
  ) -> (result: LossResult, sums: [Double]) {
    let (value, gradient, sums) = weightedCrossEntropy(
      input.batch, normalizer: Double(input.validPixels), sums: input.classes
    ) { tile, sums in
      let (ce, ignored) = (tile.crossEntropy, .!tile.isValid)
      let (power, derivative) = weigh(tile.miss)
      let weight = power.replacing(with: 0, where: ignored)
      for lane in 0..<8 {
        if let label = tile.label(lane) { sums[label] += Double(weight[lane]) }
      }
      let slope = weight.addingProduct(derivative, tile.confidence * ce)
      return (sum(weight * ce), slope.replacing(with: 0, where: ignored))
    }
    return (LossResult(value: value, gradient: gradient), sums)
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
    ], claims: LossClaims(lowerBound: 0)
  ) { FocalLoss(gamma: $0["gamma"]) }
}

/// x^a and a x^(a - 1), for x not below 0.
private func power(_ x: Lanes, _ a: Double) -> (Lanes, Lanes) {
  var (power, derivative) = (Lanes.zero, Lanes.zero)
  for lane in 0..<8 {
    let x = Double(x[lane])
    power[lane] = Float(pow(x, a))
    // Where x is 0, ce is 0 as well, and so is their product.
    derivative[lane] = Float(x > 0 ? a * pow(x, a - 1) : x)
  }
  return (power, derivative)
}
