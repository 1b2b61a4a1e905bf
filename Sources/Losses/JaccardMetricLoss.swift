import Tensors

/// Jaccard metric loss with smoothed labels (Wang, Ning and Blaschko, NeurIPS 2023, the first of
/// its two, JML1): 1 - the mean over the classes present in the batch of
/// (|p| + |t| - |p - t|) / (|p| + |t| + |p - t|), 1-norms over the batch's valid pixels.
///
/// t is the smoothed label: 1 - s + s/C for a pixel's own class, s/C for every other. The quotient is
/// sum min(p, t) / sum max(p, t); with A = sum max(0, t - p), B = sum max(0, p - t) and T = sum t, the
/// loss of a class is (A + B) / (T + B), with the derivatives -1/(T + B) by p where p < t and
/// (T - A)/(T + B)^2 where p > t (where they are equal, the former). It is least at p = t, unlike
/// the soft Jaccard loss. s = 0 is `jaccard`. Classes that are only in the smoothed labels are left
/// out, and nothing is added to the quotient's parts. The default of s is our choice.
package struct JaccardMetricLoss: Loss {
  /// s in [0, 1).
  package let smoothing: Double

  package init(smoothing: Double = 0.1) {
    precondition(smoothing >= 0 && smoothing < 1, "Jaccard metric loss with \(smoothing)")
    self.smoothing = smoothing
  }

  package func evaluate(_ input: LossInput) -> LossResult {
    guard input.validPixels > 0 else { return .zero(input) }
    let labels = LabelSmoothing(smoothing, classes: input.classes)
    let (a, b) = smoothedDifferences(input.batch, labels)
    let present = input.classPixels.indices.filter { input.classPixels[$0] > 0 }
    let share = 1 / Double(present.count)
    var value = 0.0
    var below = [Float](repeating: 0, count: input.classes)
    var above = below
    for c in present {
      let total = labelSum(input, c)
      let union = total + b[c]
      value += share * (a[c] + b[c]) / union
      below[c] = Float(-share / union)
      above[c] = Float(share * (total - a[c]) / (union * union))
    }
    return LossResult(
      value: value, gradient: smoothedGradient(input.batch, labels, below: below, above: above))
  }

  /// T, the sum of a class's smoothed labels.
  private func labelSum(_ input: LossInput, _ c: Int) -> Double {
    (1 - smoothing) * Double(input.classPixels[c])
      + smoothing / Double(input.classes) * Double(input.validPixels)
  }

  static let descriptor = LossDescriptor(
    name: "jaccard_metric", title: "Jaccard metric loss with smoothed labels",
    formula: "L = 1 − mean_{c in batch} Σ min(p, t) / Σ max(p, t),  t = (1−s)·[y=c] + s/C",
    reduction: "mean over the classes present in the batch, all its valid pixels together",
    absentClasses: absentFromBatch, source: "Wang, Ning and Blaschko 2023, first variant (JML1)",
    parameters: [
      LossParameter(
        name: "smoothing", defaultValue: 0.1, range: .from(0, below: 1),
        meaning: "share s of the label spread over all classes; 0 is jaccard")
    ], claims: LossClaims(lowerBound: 0, upperBound: 1)
  ) { JaccardMetricLoss(smoothing: $0["smoothing"]) }
}
