/// Soft Jaccard loss of the whole batch: 1 - the mean over the classes present in the batch of I/U,
/// I = sum p t, U = sum (p + t - p t) over all the batch's valid pixels together, t = [y = c].
/// `soft_iou` is the same image by image (Rahman and Wang 2016).
///
/// The Tversky loss of alpha = beta = 1 over one region: see there for the gradient.
package struct JaccardLoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    tverskyLoss(input, perImage: false, alpha: 1, beta: 1)
  }

  static let descriptor = LossDescriptor(
    name: "jaccard", title: "Soft Jaccard of the batch",
    formula: "L = 1 − mean_{c in batch} I/U,  I = Σ p·t,  U = Σ (p + t − p·t)",
    reduction: "mean over the classes present in the batch, all its valid pixels together",
    absentClasses: absentFromBatch, source: "Rahman and Wang 2016, over the batch",
    claims: LossClaims(lowerBound: 0, upperBound: 1)
  ) { _ in JaccardLoss() }
}

let absentFromBatch =
  "a class absent from the batch is left out of the mean, false positives included"
