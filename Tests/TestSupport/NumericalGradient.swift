import Tensors

/// The gradient of `f` at `x` by central differences, x_i - step and x_i + step for each i in turn.
/// `x` is changed for the time of the call only.
package func numericalGradient(
  of f: (Tensor) throws -> Double, at x: Tensor, step: Float
) rethrows -> [Double] {
  try (0..<x.count).map { i in
    let center = x.base[i]
    defer { x.base[i] = center }
    // The step actually made, after rounding.
    let (low, high) = (center - step, center + step)
    x.base[i] = high
    let above = try f(x)
    x.base[i] = low
    return (above - (try f(x))) / (Double(high) - Double(low))
  }
}

/// |a - b| / |b| in the Euclidean norm; |a| if b is zero.
package func relativeDistance(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Double {
  var (difference, norm) = (0.0, 0.0)
  for (a, b) in zip(a, b) {
    difference += (a - b) * (a - b)
    norm += b * b
  }
  return (norm > 0 ? difference / norm : difference).squareRoot()
}
