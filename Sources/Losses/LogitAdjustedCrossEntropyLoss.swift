import Foundation
import Tensors

/// Logit-adjusted cross-entropy (Menon et al., ICLR 2021, equation 10): the mean over the valid
/// pixels of the cross-entropy of the logits z_j + tau log pi_j, pi_j = N_j / N from the training
/// split.
///
/// Training against the prior takes it out of the logits, so that their argmax is that of the
/// balanced posterior: the counterpart, during training, of subtracting tau log pi afterwards.
/// Gradient: (q_j - [j = y]) / |V|, q the softmax of those logits. A class without training pixels
/// counts as one pixel. tau = 0 is cross-entropy.
package struct LogitAdjustedCrossEntropyLoss: Loss {
  /// tau log pi_j, one per class.
  package let shifts: [Double]

  /// - Parameters:
  ///   - classPixels: N_c, the training split's pixels of each class.
  ///   - tau: nonnegative.
  package init(classPixels: [Int], tau: Double = 1) {
    precondition(tau >= 0, "logit adjustment with tau \(tau)")
    let total = classPixels.reduce(0.0) { $0 + Double($1) }
    shifts = classPixels.map { tau * log(Double(max($0, 1)) / max(total, 1)) }
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    let logits = shiftedLogits(input.batch, by: shifts.map { Float($0) })
    return input.crossEntropy(at: logits)
  }

  static let descriptor = LossDescriptor(
    name: "logit_adjusted_ce", title: "Logit-adjusted cross-entropy",
    formula: "L = 1/|V| Σᵢ −log softmax(z + τ·log π)_y,  π_c = N_c/N",
    reduction: "mean over the batch's valid pixels",
    absentClasses: noTerm + ", one without training pixels counts as one pixel",
    source: "Menon et al. 2021, equation (10); N_c from the training split",
    parameters: [
      LossParameter(
        name: "tau", defaultValue: 1, range: .atLeast(0),
        meaning: "strength of the prior; 0 is cross-entropy, 1 aims at mean accuracy")
    ], needsClassPixels: true, claims: LossClaims(lowerBound: 0)
  ) { LogitAdjustedCrossEntropyLoss(classPixels: $0.classPixels, tau: $0["tau"]) }
}
