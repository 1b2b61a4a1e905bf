import Tensors

/// OHEM as the authors' code computes it: from every row of every image the k largest
/// cross-entropies are kept, k = max(1, int(keep N)) with N the *batch size*, and the mean is over
/// all that are kept. With a keep of 1 nothing is selected: the mean is over all pixels.
///
/// An ignored pixel counts as a cross-entropy of 0, and so may be kept. Gradient: (p_j - [j = y]) /
/// kept at the kept valid pixels, 0 elsewhere. Of equal cross-entropies (as 32-bit floats) the
/// pixel with the lower index is kept, where torch.topk may choose any. A row of fewer than k
/// pixels is kept whole, where torch.topk fails.
package struct PublishedOHEMLoss: Loss {
  /// The pixels kept from each row per image of the batch, in (0, 1].
  package let keep: Double

  package init(keep: Double = 0.7) {
    precondition(keep > 0 && keep <= 1, "OHEM that keeps \(keep)")
    self.keep = keep
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    let (n, h, w) = (input.labels.n, input.labels.h, input.labels.w)
    let k = keep == 1 ? w : min(w, max(1, Int(keep * Double(n))))
    guard k < w else { return plainCrossEntropy(input, normalizer: Double(n * h * w)) }
    let (value, gradient) = hardestPixels(input.batch, kept: k, ofEach: w)
    return LossResult(value: value, gradient: gradient)
  }

  static let descriptor = LossDescriptor(
    name: "ohem.published", title: "Online hard example mining, as published",
    formula: "L = 1/(N·H·k) Σ_rows Σ_{k largest of the row} −log pᵢ,y,  k = max(1, ⌊keep·N⌋)",
    reduction: "mean over the k hardest pixels of every row, N the number of images of the batch",
    scope: .row,
    ignoredPixels: "gradient 0, but they count as a cross-entropy of 0 and may be kept",
    absentClasses: noTerm, source: "authors' code, with keep = 0.7: 4 pixels a row at batch 6",
    parameters: [
      LossParameter(
        name: "keep", defaultValue: 0.7, range: .above(0, atMost: 1),
        meaning: "pixels kept of a row for each image of the batch; 1 keeps all")
    ], claims: LossClaims(lowerBound: 0)
  ) { PublishedOHEMLoss(keep: $0["keep"]) }
}
