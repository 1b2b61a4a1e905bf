/// The text shown where there is no number.
package let dash = "–"

/// Decimal text with a fixed number of decimals, rounded half away from zero, with a point in any
/// locale; `dash` for values that are not numbers.
package func fixed(_ value: Double, _ decimals: Int) -> String {
  // More are neither exact nor fit an integer.
  let decimals = min(decimals, 15)
  var unit = 1.0
  for _ in 0..<decimals { unit *= 10 }
  let scaled = (abs(value) * unit).rounded(.toNearestOrAwayFromZero)
  guard scaled.isFinite, scaled < 9e15 else { return dash }
  let whole = Int(scaled)
  let digits = String(whole % Int(unit))
  let sign = value < 0 && whole > 0 ? "-" : ""
  guard decimals > 0 else { return "\(sign)\(whole)" }
  let padding = String(repeating: "0", count: decimals - digits.count)
  return "\(sign)\(whole / Int(unit)).\(padding)\(digits)"
}

/// A setting such as a learning rate: the shortest text that reads back as the same number,
/// without a superfluous `.0`.
package func plain(_ value: Double) -> String {
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
