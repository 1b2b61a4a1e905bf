import Tensors

/// A valid pixel as seen by a loss of the cross-entropy family.
public struct CrossEntropyPixel {
  /// Position in the batch, `(n * H + h) * W + w`.
  public let index: Int
  /// The true class y.
  public let label: Int
  /// p_y.
  public let confidence: Float
  /// 1 - p_y, at full precision even where p_y rounds to 1.
  public let miss: Float
  /// ce = -log p_y.
  public let crossEntropy: Double
}

/// How a loss weights one pixel's cross-entropy.
public struct PixelWeight {
  /// w in the loss's term w ce.
  public var weight: Double
  /// s in the term's gradient s (p_j - [j = y]); equals `weight` if that takes no gradient.
  public var slope: Double

  public init(weight: Double, slope: Double) { (self.weight, self.slope) = (weight, slope) }

  /// A weight that takes no gradient.
  public init(constant weight: Double) { self.init(weight: weight, slope: weight) }
}

/// sum_i w_i ce_i / normalizer over the valid pixels, and its gradient: the common part of every
/// loss that weights cross-entropies.
///
/// With dce/dz_j = p_j - [j = y] (equation 6 of the recall loss paper), a term w(p_y) ce has the
/// gradient s (p_j - [j = y]), s = w - p_y w'(p_y) ce.
///
/// - Parameters:
///   - normalizer: a positive number; otherwise the result is zero (nothing to learn from).
///   - weigh: the weight and slope of a pixel; called once for every valid pixel, from any thread.
/// - Returns: the result, and for each class the sum of its pixels' weights.
public func reweightedCrossEntropy(
  _ input: LossInput, normalizer: Double, _ weigh: (CrossEntropyPixel) -> PixelWeight
) -> (result: LossResult, weightSums: [Double]) {
  let (value, gradient, sums) = weightedCrossEntropy(
    input.batch, normalizer: normalizer, sums: input.classes
  ) { tile, sums in
    let (confidence, miss, ce) = (tile.confidence, tile.miss, tile.crossEntropy)
    var slopes = Lanes.zero
    var value = 0.0
    for lane in 0..<8 {
      guard let label = tile.label(lane) else { continue }
      let pixel = CrossEntropyPixel(
        index: tile.first + lane, label: label, confidence: confidence[lane], miss: miss[lane],
        crossEntropy: Double(ce[lane]))
      let w = weigh(pixel)
      sums[label] += w.weight
      value += w.weight * pixel.crossEntropy
      slopes[lane] = Float(w.slope)
    }
    return (value, slopes)
  }
  return (LossResult(value: value, gradient: gradient), sums)
}

/// sum w_y ce / normalizer over the valid pixels, with one constant weight per class.
func classWeightedCrossEntropy(
  _ input: LossInput, weights: [Double], normalizer: Double
) -> LossResult {
  let (value, gradient) = weightedCrossEntropy(
    input.batch, classWeights: weights, normalizer: normalizer)
  return LossResult(value: value, gradient: gradient)
}

/// sum w_y ce / sum w_y over the valid pixels, with one constant weight per class.
func weightedMeanCrossEntropy(_ input: LossInput, weights: [Double]) -> LossResult {
  let total = zip(weights, input.classPixels).reduce(0) { $0 + $1.0 * Double($1.1) }
  return classWeightedCrossEntropy(input, weights: weights, normalizer: total)
}

/// sum ce / normalizer over the valid pixels.
func plainCrossEntropy(_ input: LossInput, normalizer: Double) -> LossResult {
  classWeightedCrossEntropy(
    input, weights: [Double](repeating: 1, count: input.classes), normalizer: normalizer)
}
