import Tensors

/// Standard normal elements.
package func randomTensor(_ shape: Shape, seed: UInt64) -> Tensor {
  var random = RandomSource(seed: seed, purpose: "test tensor")
  return Tensor(shape, (0..<shape.count).map { _ in Float(random.normal()) })
}

/// |a - b| / |b| in the Euclidean norm; infinite if the lengths differ or something is not finite.
package func relativeError(_ a: [Float], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  var (difference, norm) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    difference += (Double(x) - y) * (Double(x) - y)
    norm += y * y
  }
  let error = difference.squareRoot() / max(norm.squareRoot(), 1e-30)
  return error.isFinite ? error : .infinity
}

/// The inner product, in Double.
package func dot(_ a: Tensor, _ b: Tensor) -> Double {
  precondition(a.shape == b.shape)
  return zip(a.array, b.array).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
