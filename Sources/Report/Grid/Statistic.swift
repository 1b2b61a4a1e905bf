/// A mean over seeds with its spread.
package struct Statistic: Hashable {
  package var mean: Double
  /// Sample standard deviation (n - 1); nil for a single value.
  package var deviation: Double?

  init(mean: Double, deviation: Double? = nil) {
    (self.mean, self.deviation) = (mean, deviation)
  }

  /// Nil if no value is defined. Undefined values (nil) take no part.
  package init?(_ values: [Double?]) {
    let defined = values.compactMap(\.self)
    guard !defined.isEmpty else { return nil }
    let mean = defined.reduce(0, +) / Double(defined.count)
    self.mean = mean
    guard defined.count > 1 else { return }
    let squares = defined.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = (squares / Double(defined.count - 1)).squareRoot()
  }
}
