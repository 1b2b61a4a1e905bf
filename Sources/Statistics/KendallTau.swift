/// Kendall's tau-b (Kendall 1945) of two scores of the same things: the pairs that both put in the
/// same order minus those that they put in opposite order, divided by the geometric mean of the pairs
/// that each puts in an order at all. 1: the same order; -1: the opposite one.
///
/// - Returns: nil for fewer than two things, and where one of the scores is the same for all.
package func kendallTau(_ x: [Double], _ y: [Double]) -> Double? {
  precondition(x.count == y.count)
  var (agreeing, orderedByX, orderedByY) = (0, 0, 0)
  for i in x.indices {
    for j in 0..<i {
      let (a, b) = (order(x[i], x[j]), order(y[i], y[j]))
      agreeing += a * b
      orderedByX += a * a
      orderedByY += b * b
    }
  }
  guard orderedByX > 0, orderedByY > 0 else { return nil }
  return Double(agreeing) / (Double(orderedByX) * Double(orderedByY)).squareRoot()
}

/// 1, -1, or 0 for a tie.
private func order(_ a: Double, _ b: Double) -> Int { a > b ? 1 : a < b ? -1 : 0 }
