import Tensors

/// Recall loss as the authors' code computes it: the counters start at one, so that
/// w_c = max(FN_c, 1) / max(N_c, 1) is never 0, and the sum of w_y ce is divided by all pixels,
/// ignored ones included.
///
/// Gradient: w_y (p_j - [j = y]) / pixels. Reports w_c of the classes present.
package struct PublishedRecallLoss: Loss {
  package init() {}

  package func evaluate(_ input: LossInput) -> LossResult {
    let weights = zip(missedPixels(input.batch), input.classPixels).map { missed, count in
      count > 0 ? Double(max(missed, 1)) / Double(count) : .nan
    }
    var result = classWeightedCrossEntropy(
      input, weights: weights, normalizer: Double(input.labels.pixels))
    result.classWeights = weights
    return result
  }

  static let descriptor = LossDescriptor(
    name: "recall.published", title: "Recall loss, as published",
    formula: "L = 1/pixels Σᵢ w_y·(−log pᵢ,y),  w_c = max(FN_c, 1)/max(N_c, 1) of the batch",
    reduction: "sum of weighted terms over the batch's valid pixels, divided by all its pixels",
    ignoredPixels: "no term and gradient 0, but counted in the divisor (not with momentum)",
    absentClasses: "a class absent from the batch has no term; with momentum its weight moves to 1",
    state: "none; with momentum m the weights: w_t = (1−m)·max(FN, 1)/max(N, 1) + m·w_{t−1}, "
      + "w_0 = 1, and the sum is divided by Σᵢ w_y",
    source: "authors' code; momentum 0.5: their second version",
    parameters: [
      LossParameter(
        name: "momentum", defaultValue: nil, defaultText: "none", range: .between(0, 1),
        meaning: "share of the step before in the weights; the authors' second version has 0.5")
    ] + RecallVariantLoss.parameters, claims: LossClaims(lowerBound: 0)
  ) { try RecallVariantLoss.make($0, countsFromOne: true, plain: PublishedRecallLoss()) }
}
