import Files

/// The mean, with the deviation where there is one.
func shown(_ value: Statistic?, decimals: Int = 2) -> String {
  guard let value else { return dash }
  return fixed(value.mean, decimals) + (value.deviation.map { " ± \(fixed($0, decimals))" } ?? "")
}

/// `+1.20`, of a fraction in percentage points.
func signed(_ fraction: Double) -> String {
  (fraction > 0 ? "+" : "") + fixed(100 * fraction, 2)
}

/// `+1.20`, also where rounding leaves zero.
func signed(_ value: Double, _ decimals: Int) -> String {
  let text = fixed(abs(value), decimals)
  return (value < 0 && text.contains { "123456789".contains($0) } ? "-" : "+") + text
}

/// `0.012` or `< 0.001`.
func pText(_ p: Double) -> String { p < 0.001 ? "< 0.001" : fixed(p, 3) }

/// `p = 0.012` or `p < 0.001`.
func pStatement(_ p: Double) -> String { "p \(p < 0.001 ? "" : "= ")\(pText(p))" }
