import Tensors

/// Soft IoU as the authors' code computes it: minus the mean over all images and all C classes of
/// I/(U + 1e-16), I = sum p t, U = sum (p + t - p t) over all pixels of the image, with t = 0 for
/// every class at ignored ones: predictions there count in U. A class absent from an image
/// contributes 0.
///
/// Gradient by p: -1/U at the class's own pixels, I/U^2 at all others, ignored ones included,
/// divided by images times classes; by logits through the softmax.
package struct PublishedSoftIoULoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    let regions = OverlapRegions(perImage: true, onlyPresent: false, spillsOnIgnored: true)
    return overlapLoss(input, regions) { overlap, share in
      guard overlap.pixels > 0 else {
        // 0/U, except where a diverged network made U NaN.
        return OverlapTerm(value: overlap.spilt.isFinite ? 0 : .nan, inside: 0, outside: 0)
      }
      let (intersection, union) = (
        overlap.pixels - overlap.missed, overlap.pixels + overlap.spilt + 1e-16
      )
      return OverlapTerm(
        value: -share * intersection / union, inside: -share / union,
        outside: share * intersection / (union * union))
    }
  }

  static let descriptor = LossDescriptor(
    name: "soft_iou.published", title: "Soft IoU, as published",
    formula: "L = −mean_n mean_c I/(U + 10⁻¹⁶),  I = Σ p·t,  U = Σ (p + t − p·t)",
    reduction: "mean over all classes, then over all images",
    scope: .image,
    ignoredPixels: "belong to no class, but predictions there count in U and get a gradient",
    absentClasses: "a class absent from an image contributes 0 to its mean",
    source: "authors' code",
    claims: LossClaims(lowerBound: -1, upperBound: 0, ignoresIgnoredPixels: false)
  ) { _ in PublishedSoftIoULoss() }
}
