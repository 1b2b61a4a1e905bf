import Foundation
import Tensors

/// Unified focal loss (Yeung et al., Computerized Medical Imaging and Graphics 2022, with the
/// exponents of its authors' code): lambda F + (1 - lambda) T, a focal loss and a focal Tversky loss
/// that share delta and gamma, on all C classes.
///
/// Symmetric, the default; all classes are treated alike:
/// - F = mean over the valid pixels of delta (1 - p_y)^gamma ce;
/// - T = mean over images of the mean over the classes present in each of (1 - I_c)^(1 - gamma),
///   I = TP / (TP + delta FN + (1 - delta) FP) with soft counts as in `soft_tversky`.
///
/// Asymmetric, with `rare`: classes with less than this share of the training pixels are rare, those
/// of the paper's foreground, and all others are its background. Pixels of rare classes have the term
/// delta ce, others (1 - delta) (1 - p_y)^gamma ce; rare classes have (1 - I_c)^(1 - gamma), others
/// 1 - I_c. So gamma suppresses the common classes and enhances the rare ones.
///
/// Gradient: as in `focal`, and that of `soft_tversky` times (1 - gamma) (1 - I_c)^(-gamma); at I = 1
/// zero. The published code is for two classes, the paper's example for three with one rare; which
/// are rare in general is our choice.
package struct UnifiedFocalLoss: Loss {
  /// lambda, the share of the focal loss, in (0, 1).
  package let weight: Double
  /// In (0, 1).
  package let delta: Double
  /// In [0, 1).
  package let gamma: Double
  /// Whether each class is rare; nil for the symmetric form.
  package let isRare: [Bool]?

  package init(weight: Double = 0.5, delta: Double = 0.6, gamma: Double = 0.5, isRare: [Bool]?) {
    precondition(weight > 0 && weight < 1 && delta > 0 && delta < 1, "\(weight), \(delta)")
    precondition(gamma >= 0 && gamma < 1, "unified focal loss with gamma \(gamma)")
    (self.weight, self.delta, self.gamma, self.isRare) = (weight, delta, gamma, isRare)
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    var result = focal(input)
    result.scale(value: weight, gradient: weight, input.compute)
    result.add(focalTversky(input), times: 1 - weight, input.compute)
    return result
  }

  private func focal(_ input: LossInput) -> LossResult {
    reweightedCrossEntropy(input, normalizer: Double(input.validPixels)) { pixel in
      if let isRare, isRare[pixel.label] { return PixelWeight(constant: delta) }
      let (factor, miss) = (isRare == nil ? delta : 1 - delta, Double(pixel.miss))
      let power = pow(miss, gamma)
      // p ce / (1 - p), which tends to 1.
      let ratio = miss > 0 ? Double(pixel.confidence) * pixel.crossEntropy / miss : 1
      return PixelWeight(weight: factor * power, slope: factor * power * (1 + gamma * ratio))
    }.result
  }

  private func focalTversky(_ input: LossInput) -> LossResult {
    overlapLoss(input, OverlapRegions(perImage: true)) { c, overlap, share in
      let (hits, alpha) = (overlap.pixels - overlap.missed, 1 - delta)
      let wrong = alpha * overlap.spilt + delta * overlap.missed
      let total = hits + wrong
      let (index, exponent) = (wrong / total, isRare.map { $0[c] } ?? true ? 1 - gamma : 1)
      // Where the index is so near 1 that this is cut off, the probabilities' own factor is near 0.
      let steepness = min(1e30, exponent * pow(index, exponent - 1))
      let slope = share * steepness / (total * total)
      return OverlapTerm(
        value: share * pow(index, exponent),
        inside: -slope * (delta * overlap.pixels + alpha * overlap.spilt),
        outside: slope * alpha * hits)
    }
  }

  static let descriptor = LossDescriptor(
    name: "unified_focal", title: "Unified focal loss",
    formula: "L = λ/|V| Σᵢ δ·(1−pᵢ,y)^γ·(−log pᵢ,y) + (1−λ)·mean_n mean_{c in n} (1−I_c)^(1−γ),  "
      + "I = TP/(TP + δ·FN + (1−δ)·FP)",
    reduction: "mean over the batch's valid pixels, and over classes present in an image, then "
      + "over images with a valid pixel",
    scope: .mixed, absentClasses: noTerm + "; " + absentFromImage,
    source: "Yeung et al. 2022, symmetric over all classes; with rare, asymmetric: rare classes "
      + "have δ·(−log p) and (1−I)^(1−γ), others (1−δ)·(1−p)^γ·(−log p) and 1−I",
    parameters: [
      LossParameter(
        name: "weight", defaultValue: 0.5, range: .between(0, 1),
        meaning: "share λ of the focal loss; the rest is focal Tversky"),
      LossParameter(
        name: "delta", defaultValue: 0.6, range: .between(0, 1),
        meaning: "weight δ of false negatives; false positives have 1−δ"),
      LossParameter(
        name: "gamma", defaultValue: 0.5, range: .from(0, below: 1),
        meaning: "suppresses easy pixels and enhances badly recognized classes"),
      LossParameter(
        name: "rare", defaultValue: nil, defaultText: "none", range: .between(0, 1),
        meaning: "for the asymmetric form: the share of training pixels below which a class is rare"
      ),
    ], needsClassPixels: true, claims: LossClaims(lowerBound: 0)
  ) { ingredients in
    let total = ingredients.classPixels.reduce(0.0) { $0 + Double($1) }
    let isRare = ingredients.values["rare"].map { rare in
      ingredients.classPixels.map { Double($0) < rare * total }
    }
    return UnifiedFocalLoss(
      weight: ingredients["weight"], delta: ingredients["delta"], gamma: ingredients["gamma"],
      isRare: isRare)
  }
}
