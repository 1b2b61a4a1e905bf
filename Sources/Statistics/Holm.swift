/// Holm's step-down adjustment of p-values for multiple comparisons (Holm 1979): rejecting those at
/// most alpha keeps the chance of any false rejection at most alpha, under any dependence.
///
/// - Returns: the adjusted p-values in the order given; each is at least the original p-value and
///   at most 1.
package func holm(_ pValues: [Double]) -> [Double] {
  var adjusted = pValues
  var largest = 0.0
  for (rank, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
    largest = max(largest, min(1, pValues[index] * Double(pValues.count - rank)))
    adjusted[index] = largest
  }
  return adjusted
}
