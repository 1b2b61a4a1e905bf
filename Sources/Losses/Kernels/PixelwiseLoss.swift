import Tensors

/// sum_i l_i / normalizer over the valid pixels and its gradient, for terms l_i that depend only on
/// the logits and the class of their own pixel.
///
///     pixelwiseLoss(input, normalizer: Double(input.validPixels)) { logits, label, derivatives in
///       // Multi-class Brier score of the logits themselves.
///       var term = 0.0
///       for j in logits.indices {
///         let error = Double(logits[j]) - (j == label ? 1 : 0)
///         term += error * error
///         derivatives[j] = 2 * error
///       }
///       return term
///     }
///
/// Every access is bounds-checked; derivatives are in double precision and rounded once.
///
/// - Parameters:
///   - normalizer: a positive number; otherwise the result is zero (nothing to learn from).
///   - term: called once for each valid pixel, from any thread, with its C logits (before the
///     softmax) and its class. It returns l_i and writes d l_i / d z_j into all C `derivatives`.
/// - Returns: value and gradient; the gradient is 0 at ignored pixels.
public func pixelwiseLoss(
  _ input: LossInput, normalizer: Double,
  _ term: (_ logits: Span<Float>, _ label: Int, _ derivatives: inout MutableSpan<Double>) -> Double
) -> LossResult {
  guard normalizer > 0 else { return .zero(input) }
  let (sum, gradient) = pixelwiseSum(input.batch, factor: 1 / normalizer, term)
  return LossResult(value: sum / normalizer, gradient: gradient)
}
