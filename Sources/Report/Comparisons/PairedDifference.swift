import Files
import Statistics

/// How a score of one loss differs from that of another, for the runs of one setting that share
/// seeds; in percentage points.
struct PairedDifference: Hashable {
  enum Verdict: String {
    case higher, lower
    case indistinct = "not distinguishable"
  }

  let estimate: Estimate
  /// By Holm's method, over the losses compared.
  var adjusted: Double

  /// At 5 percent, after Holm's correction.
  var verdict: Verdict {
    adjusted < 0.05 ? (estimate.value > 0 ? .higher : .lower) : .indistinct
  }

  /// `+1.20 [-0.31, +2.71], p = 0.21`, in points; p after Holm's correction.
  var text: String {
    "\(signed(estimate.value)) \(intervalText), \(pStatement(adjusted))"
  }

  var intervalText: String {
    "[\(signed(estimate.interval.lowerBound)), \(signed(estimate.interval.upperBound))]"
  }
}

/// `+1.20`, of a fraction in percentage points.
func signed(_ fraction: Double) -> String {
  (fraction > 0 ? "+" : "") + fixed(100 * fraction, 2)
}

/// `0.012` or `< 0.001`.
func pText(_ p: Double) -> String { p < 0.001 ? "< 0.001" : fixed(p, 3) }

/// `p = 0.012` or `p < 0.001`.
func pStatement(_ p: Double) -> String { "p \(p < 0.001 ? "" : "= ")\(pText(p))" }
