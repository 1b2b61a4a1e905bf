import Tensors

/// Soft Tversky loss (Salehi, Erdogmus and Gholipour, MLMI 2017): 1 - the mean over images of the
/// mean over the classes present in that image of TP / (TP + alpha FP + beta FN), with soft counts
/// over the image's valid pixels: TP = sum p t, FP = sum p (1 - t), FN = sum (1 - p) t, t = [y = c].
/// Images without a valid pixel are left out.
///
/// With n = alpha FP + beta FN and D = TP + n, 1 - TP/D = n/D has the derivatives
/// -(beta N_c + alpha FP)/D^2 by p at the class's own pixels and alpha TP/D^2 at all others.
/// alpha = beta = 1 is the Jaccard index, 1/2 the Dice index. D >= min(1, beta) N_c.
package struct SoftTverskyLoss: Loss {
  /// The weight of false positives, nonnegative.
  package let alpha: Double
  /// The weight of false negatives, above 0.
  package let beta: Double

  package init(alpha: Double = 0.3, beta: Double = 0.7) {
    precondition(alpha >= 0 && beta > 0, "Tversky loss with alpha \(alpha), beta \(beta)")
    (self.alpha, self.beta) = (alpha, beta)
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    tverskyLoss(input, perImage: true, alpha: alpha, beta: beta)
  }

  static let descriptor = LossDescriptor(
    name: "soft_tversky", title: "Soft Tversky",
    formula: "L = 1 − mean_n mean_{c in n} TP/(TP + α·FP + β·FN),  TP = Σ p·t",
    reduction: "mean over classes present in an image, then over images with a valid pixel",
    scope: .image, absentClasses: absentFromImage, source: "Salehi et al. 2017",
    parameters: [
      LossParameter(
        name: "alpha", defaultValue: 0.3, range: .atLeast(0), meaning: "weight of false positives"),
      LossParameter(
        name: "beta", defaultValue: 0.7, range: .over(0), meaning: "weight of false negatives"),
    ], claims: LossClaims(lowerBound: 0, upperBound: 1)
  ) { SoftTverskyLoss(alpha: $0["alpha"], beta: $0["beta"]) }
}

/// The mean over regions of the mean over their classes of 1 - TP / (TP + alpha FP + beta FN).
func tverskyLoss(
  _ input: LossInput, perImage: Bool, alpha: Double, beta: Double
) -> LossResult {
  overlapLoss(input, OverlapRegions(perImage: perImage)) { overlap, share in
    let truePositives = overlap.pixels - overlap.missed
    let wrong = alpha * overlap.spilt + beta * overlap.missed
    let total = truePositives + wrong
    let slope = share / (total * total)
    return OverlapTerm(
      value: share * wrong / total,
      inside: -slope * (beta * overlap.pixels + alpha * overlap.spilt),
      outside: slope * alpha * truePositives)
  }
}
