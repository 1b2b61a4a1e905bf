import Tensors

/// Soft intersection over union (Rahman and Wang 2016): 1 - the mean over images of the mean over
/// the classes present in that image of I/U, I = sum p t, U = sum (p + t - p t) over the image's
/// valid pixels, t = [y = c]. Images without a valid pixel are left out.
///
/// Gradient by p: -1/U at the class's own pixels, I/U^2 at all others, divided by images times
/// classes present; by logits through the softmax. U >= N_c >= 1 for a class that is present.
package struct SoftIoULoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    overlapLoss(input, OverlapRegions(perImage: true)) { overlap, share in
      // I = N - A, U = N + B, and 1 - I/U = (A + B)/U without cancellation.
      let union = overlap.pixels + overlap.spilt
      return OverlapTerm(
        value: share * (overlap.missed + overlap.spilt) / union, inside: -share / union,
        outside: share * (overlap.pixels - overlap.missed) / (union * union))
    }
  }

  static let descriptor = LossDescriptor(
    name: "soft_iou", title: "Soft IoU",
    formula: "L = 1 − mean_n mean_{c in n} I/U,  I = Σ p·t,  U = Σ (p + t − p·t)",
    reduction: "mean over classes present in an image, then over images with a valid pixel",
    scope: .image, absentClasses: absentFromImage, source: "Rahman and Wang 2016",
    claims: LossClaims(lowerBound: 0, upperBound: 1)
  ) { _ in SoftIoULoss() }
}

let absentFromImage =
  "a class absent from an image is left out of its mean, false positives included"
