/// Soft Dice loss (Milletari et al. 2016; with plain sums as in Sudre et al. 2017, which the recall
/// loss paper cites, but without their class weights): 1 - the mean over images of the mean over the
/// classes present in that image of 2 sum p t / (sum p + sum t), over the image's valid pixels,
/// t = [y = c]. Images without a valid pixel are left out.
///
/// The Tversky loss of alpha = beta = 1/2: see there for the gradient.
package struct SoftDiceLoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    tverskyLoss(input, perImage: true, alpha: 0.5, beta: 0.5)
  }

  static let descriptor = LossDescriptor(
    name: "soft_dice", title: "Soft Dice",
    formula: "L = 1 − mean_n mean_{c in n} 2·Σ p·t / (Σ p + Σ t)",
    reduction: "mean over classes present in an image, then over images with a valid pixel",
    scope: .image, absentClasses: absentFromImage,
    source: "Milletari et al. 2016; Sudre et al. 2017 without its class weights",
    claims: LossClaims(lowerBound: 0, upperBound: 1)
  ) { _ in SoftDiceLoss() }
}
