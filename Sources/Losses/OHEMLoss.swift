import Tensors

/// Online hard example mining (Shrivastava et al., CVPR 2016; on pixels, Wu et al. 2016): the mean
/// of the k largest cross-entropies of the batch's valid pixels, k = max(1, int(keep |V|)).
///
/// Gradient: (p_j - [j = y]) / k at the kept pixels, 0 elsewhere; which pixels are kept is not
/// differentiated. Of equal cross-entropies (as 32-bit floats), the pixel with the lower index is
/// kept.
package struct OHEMLoss: Loss {
  /// The share of valid pixels kept, in (0, 1].
  package let keep: Double

  package init(keep: Double = 0.7) {
    precondition(keep > 0 && keep <= 1, "OHEM that keeps \(keep)")
    self.keep = keep
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    let valid = input.validPixels
    guard valid > 0 else { return .zero(input) }
    let k = max(1, Int(keep * Double(valid)))
    let (value, gradient) = hardestPixels(input.batch, kept: k, ofEach: input.labels.pixels)
    return LossResult(value: value, gradient: gradient)
  }

  static let descriptor = LossDescriptor(
    name: "ohem", title: "Online hard example mining",
    formula: "L = 1/k Σ_{k largest} −log pᵢ,y,  k = max(1, ⌊keep·|V|⌋)",
    reduction: "mean over the k hardest of the batch's valid pixels",
    absentClasses: noTerm,
    source: "Shrivastava et al. 2016; the recall loss paper keeps the top 70%",
    parameters: [
      LossParameter(
        name: "keep", defaultValue: 0.7, range: .above(0, atMost: 1),
        meaning: "share of the valid pixels that is kept")
    ], claims: LossClaims(lowerBound: 0)
  ) { OHEMLoss(keep: $0["keep"]) }
}
