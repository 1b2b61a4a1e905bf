/// The distance of two arrays, relative to the second.
package struct Difference: CustomStringConvertible {
  /// |a - b| / |b| in the Euclidean norm; |a| if b is zero, infinite if something is not finite.
  package let norm: Double
  /// The largest |a_i - b_i|, divided by the largest |b_i|.
  package let maximum: Double
  let referenceNorm: Double
  let referenceMaximum: Double

  init(norm: Double, maximum: Double, referenceNorm: Double, referenceMaximum: Double) {
    (self.norm, self.maximum) = (norm, maximum)
    (self.referenceNorm, self.referenceMaximum) = (referenceNorm, referenceMaximum)
  }

  package init(_ a: [Float], _ b: [Float]) {
    guard a.count == b.count, a.allSatisfy(\.isFinite) else {
      self.init(norm: .infinity, maximum: .infinity, referenceNorm: 0, referenceMaximum: 0)
      return
    }
    var (square, norm, largest, magnitude) = (0.0, 0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      let (distance, size) = (abs(Double(x) - Double(y)), abs(Double(y)))
      square += distance * distance
      norm += size * size
      largest = max(largest, distance)
      magnitude = max(magnitude, size)
    }
    self.init(
      norm: (square / (norm > 0 ? norm : 1)).squareRoot(),
      maximum: largest / (magnitude > 0 ? magnitude : 1), referenceNorm: norm.squareRoot(),
      referenceMaximum: magnitude)
  }

  /// Both within a bound.
  package func isWithin(_ bound: Double) -> Bool { norm <= bound && maximum <= bound }

  package var description: String {
    "relative distance \(norm) in norm, \(maximum) at most"
  }
}
