import Foundation
import Tensors

/// Label-distribution-aware margin loss (Cao et al., NeurIPS 2019, the loss in cross-entropy form,
/// without its deferred reweighting): the mean over the valid pixels of the cross-entropy of the
/// logits s (z_j - [j = y] D_y), margins D_c = K / n_c^{1/4} with K such that the largest is
/// `max_margin`.
///
/// n_c are the training split's pixels; a class without any has margin 0. Gradient:
/// s (q_j - [j = y]) / |V|, q the softmax of those logits. s = 30 and a largest margin of 0.5 are
/// the defaults of its code, whose classifier outputs cosines; DeepLab's logits are unbounded, so
/// smaller s and larger margins may suit it better. With scale 1 and margins near 0 it is
/// cross-entropy.
package struct LDAMLoss: Loss {
  /// D_c, one per class.
  package let margins: [Double]
  /// s, above 0.
  package let scale: Double

  /// - Parameters:
  ///   - classPixels: n_c, the training split's pixels of each class.
  ///   - maxMargin: the largest D_c, above 0.
  package init(classPixels: [Int], maxMargin: Double = 0.5, scale: Double = 30) {
    precondition(maxMargin > 0 && scale > 0, "LDAM with margin \(maxMargin), scale \(scale)")
    let raw = classPixels.map { $0 > 0 ? 1 / Double($0).squareRoot().squareRoot() : 0 }
    let largest = raw.max() ?? 0
    margins = raw.map { largest > 0 ? maxMargin * $0 / largest : 0 }
    self.scale = scale
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    let valid = Double(input.validPixels)
    precondition(margins.count == input.classes, "\(margins.count) margins for the classes")
    guard valid > 0 else { return .zero(input) }
    let (sum, gradient) = pixelwiseSum(input.batch, factor: scale / valid) { z, label, q in
      crossEntropy(z, label, into: &q)
    }
    return LossResult(value: sum / valid, gradient: gradient)
  }

  /// The cross-entropy of one pixel, and its derivatives with respect to the logits, q_j - [j = y].
  ///
  /// Everything is relative to the largest logit, whose own exponential, 1, is left out of `rest`,
  /// so that values near 0 keep their precision.
  @inline(__always)
  private func crossEntropy(
    _ z: Span<Float>, _ label: Int, into q: inout MutableSpan<Double>
  ) -> Double {
    for j in z.indices { q[j] = scale * Double(z[j]) }
    q[label] -= scale * margins[label]
    var top = 0
    for j in z.indices where q[j] > q[top] { top = j }
    let largest = q[top]
    let own = largest - q[label]
    var rest = 0.0
    for j in z.indices where j != top {
      q[j] = exp(q[j] - largest)
      rest += q[j]
    }
    q[top] = 1
    let share = 1 / (1 + rest)
    for j in z.indices { q[j] *= share }
    q[label] = label == top ? -rest * share : q[label] - 1
    return own + log1p(rest)
  }

  static let descriptor = LossDescriptor(
    name: "ldam", title: "Label-distribution-aware margins",
    formula: "L = 1/|V| Σᵢ −log softmax(s·(z − Δ_y·e_y))_y,  Δ_c ∝ N_c^(−1/4),  max Δ = max_margin",
    reduction: "mean over the batch's valid pixels",
    absentClasses: noTerm + ", one without training pixels margin 0",
    source: "Cao et al. 2019, cross-entropy form; s and max_margin from its code",
    parameters: [
      LossParameter(
        name: "max_margin", defaultValue: 0.5, range: .over(0),
        meaning: "the margin of the rarest class, in logits"),
      LossParameter(
        name: "scale", defaultValue: 30, range: .over(0),
        meaning: "factor s on all logits; its code has cosines for logits"),
    ], needsClassPixels: true, claims: LossClaims(lowerBound: 0)
  ) {
    LDAMLoss(
      classPixels: $0.classPixels, maxMargin: $0["max_margin"],
      scale: $0["scale"])
  }
}
