/// Turns d value / d p into d value / d z at one pixel, in place:
/// dz_j = p_j (g_j - sum_k p_k g_k).
///
/// A constant added to all g_k changes nothing, so that of the most probable class is subtracted
/// first: where its p is near 1, the difference in the bracket then keeps its digits.
///
/// - Parameters:
///   - g: gradient by probability on entry, by logit on return; `classes` elements.
///   - p: probabilities, `classes` elements.
///   - label: the true class, most often the most probable one.
@inline(__always)
func softmaxBackward(
  _ g: UnsafeMutablePointer<Float>, _ p: UnsafePointer<Float>, label: Int, classes: Int
) {
  var top = label
  if p[label] <= 0.5 { for j in 0..<classes where p[j] > p[top] { top = j } }
  let origin = g[top]
  var mean: Float = 0
  for j in 0..<classes {
    g[j] -= origin
    mean += p[j] * g[j]
  }
  for j in 0..<classes { g[j] = p[j] * (g[j] - mean) }
}
