import Foundation
import Tensors

/// Tilted cross-entropy (tilted empirical risk, Li et al., ICLR 2021; for segmentation over classes,
/// Szabó, Jamali-Rad and Mannava 2021): (1/t) log of the mean over the classes present in the batch
/// of exp(t L_c), L_c the mean cross-entropy of the class's valid pixels in the batch.
///
/// The tilt is over classes, not over images or pixels: t near 0 gives the mean of the classes'
/// means, a large t the worst class. Unlike the stochastic variant, nothing is carried from step to
/// step. Gradient: (w_y / N_y) (p_j - [j = y]), N_c the class's valid pixels in the batch and w the
/// softmax of t L over the classes present. Exponentials are relative to the largest t L_c. Reports
/// w_c |V| / N_c, the weight of a pixel's cross-entropy in a mean over pixels.
package struct TiltedCrossEntropyLoss: Loss {
  /// t, above 0.
  package let tilt: Double

  package init(tilt: Double = 1) {
    precondition(tilt > 0, "tilted loss with t \(tilt)")
    self.tilt = tilt
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    guard input.validPixels > 0 else { return .zero(input) }
    let (value, weights) = tilted(classMeans(input))
    let pixelWeights = zip(weights, input.classPixels).map { $1 > 0 ? $0 / Double($1) : 0 }
    var result = classWeightedCrossEntropy(input, weights: pixelWeights, normalizer: 1)
    result.value = value
    result.classWeights = zip(pixelWeights, input.classPixels).map {
      $1 > 0 ? $0 * Double(input.validPixels) : .nan
    }
    return result
  }

  /// L_c; nil for a class absent from the batch.
  private func classMeans(_ input: LossInput) -> [Double?] {
    let sums = weightedCrossEntropy(input.batch, normalizer: 1, sums: input.classes) { tile, sums in
      let ce = tile.crossEntropy
      for lane in 0..<8 {
        if let label = tile.label(lane) { sums[label] += Double(ce[lane]) }
      }
      return (0, .zero)
    }.sums
    return zip(sums, input.classPixels).map { $1 > 0 ? $0 / Double($1) : nil }
  }

  /// The loss, and the softmax w of t L.
  private func tilted(_ means: [Double?]) -> (value: Double, weights: [Double]) {
    let present = means.compactMap { $0 }
    let largest = present.max() ?? 0
    let powers = means.map { mean in mean.map { exp(tilt * ($0 - largest)) } ?? 0 }
    let sum = powers.reduce(0, +)
    let value = largest + log(sum / Double(present.count)) / tilt
    return (value, powers.map { $0 / sum })
  }

  static let descriptor = LossDescriptor(
    name: "tilted_ce", title: "Tilted cross-entropy",
    formula: "L = 1/t·log mean_{c in batch} e^(t·L_c),  L_c = mean_{i of c} −log pᵢ,c",
    reduction: "log-mean-exp over the classes present in the batch of the means over their pixels",
    absentClasses: "a class absent from the batch is left out of the mean",
    source: "Li et al. 2021, over classes as in Szabó et al. 2021, without memory",
    parameters: [
      LossParameter(
        name: "t", defaultValue: 1, range: .over(0),
        meaning: "tilt; near 0 the mean of the classes' means, large the worst class")
    ], claims: LossClaims(lowerBound: 0)
  ) { TiltedCrossEntropyLoss(tilt: $0["t"]) }
}
