import Foundation
import Tensors

/// Seesaw loss (Wang et al., CVPR 2021): the mean over the valid pixels of
/// -log(e^{z_y} / sum_j S_yj e^{z_j}), S_yj = M_yj C_yj for j != y and S_yy = 1.
///
/// Mitigation: M_yj = min(1, N_j / N_y)^p spares rare classes the gradients of frequent ones.
/// Compensation: C_yj = max(1, p_j / max(p_y, 0.01))^q gives them back where j is mistaken for y; the
/// bound of 0.01 is that of its code.
/// N_c are the pixels of each class that training has seen so far, this batch's included, as the
/// paper accumulates instances; a class not seen yet counts as one pixel. S takes no gradient:
/// (q_j - [j = y]) / |V|, q the softmax of z_j + log S_yj. p = q = 0 is cross-entropy. The paper's
/// separate objectness branch has no counterpart here.
package struct SeesawLoss: Loss {
  /// The exponent p of the mitigation, nonnegative.
  package let mitigation: Double
  /// The exponent q of the compensation, nonnegative.
  package let compensation: Double
  package let classes: Int

  package init(mitigation: Double = 0.8, compensation: Double = 2, classes: Int) {
    precondition(
      mitigation >= 0 && compensation >= 0, "seesaw loss with p \(mitigation), q \(compensation)")
    (self.mitigation, self.compensation, self.classes) = (mitigation, compensation, classes)
  }

  /// N_c, nothing seen.
  package var initialState: LossState { LossState([Double](repeating: 0, count: classes)) }

  package func evaluate(_ input: LossInput, state: inout LossState) -> LossResult {
    precondition(state.values.count == input.classes, "a state of another number of classes")
    for (c, pixels) in input.classPixels.enumerated() { state.values[c] += Double(pixels) }
    return ShiftedLoss(shifts: shifts(input, seen: state.values)).evaluate(input)
  }

  /// log S_yj at each pixel.
  private func shifts(_ input: LossInput, seen: [Double]) -> Tensor {
    let counts = seen.map { max($0, 1) }
    let table = counts.flatMap { own in
      counts.map { other in Float(mitigation * log(min(1, other / own))) }
    }
    return seesawShifts(input.batch, mitigation: table, q: Float(compensation), floor: 0.01)
  }

  static let descriptor = LossDescriptor(
    name: "seesaw", title: "Seesaw loss",
    formula: "L = 1/|V| Σᵢ −log(e^z_y / Σⱼ S_yj·e^zⱼ),  "
      + "S_yj = min(1, N_j/N_y)^p·max(1, pⱼ/max(p_y, 0.01))^q, S_yy = 1",
    reduction: "mean over the batch's valid pixels",
    absentClasses: noTerm + "; one not seen in training yet counts as one pixel",
    state: "N_c: the valid pixels of each class so far, the batch's included; 0 at the start",
    source: "Wang et al. 2021; accumulated counts, of pixels in place of instances",
    parameters: [
      LossParameter(
        name: "p", defaultValue: 0.8, range: .atLeast(0),
        meaning: "mitigation: rarer classes are pushed down less; 0 turns it off"),
      LossParameter(
        name: "q", defaultValue: 2, range: .atLeast(0),
        meaning: "compensation: false positives are pushed down more; 0 turns it off"),
    ], claims: LossClaims(lowerBound: 0)
  ) { SeesawLoss(mitigation: $0["p"], compensation: $0["q"], classes: $0.classes) }
}

extension SeesawLoss: LossWithHeldFactors {
  /// S as in the first step.
  package func holdingFactors(of input: LossInput) -> any Loss {
    ShiftedLoss(shifts: shifts(input, seen: input.classPixels.map { Double($0) }))
  }
}

/// Cross-entropy of the logits plus constants.
private struct ShiftedLoss: Loss {
  /// [N, H, W, C]
  let shifts: Tensor

  func evaluate(_ input: LossInput) -> LossResult {
    let sum = input.compute.zeros(input.logits.shape)
    add(input.logits, times: 1, onto: sum, input.compute)
    add(shifts, times: 1, onto: sum, input.compute)
    return input.crossEntropy(at: sum)
  }
}
