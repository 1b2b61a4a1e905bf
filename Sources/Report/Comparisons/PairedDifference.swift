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
  /// The p-value adjusted by Holm's method for the losses compared.
  var adjusted: Double

  /// Holm's correction for as many as could be estimated.
  static func adjusted(_ estimates: [Estimate?]) -> [PairedDifference?] {
    var adjusted = holm(estimates.compactMap { $0?.pValue })[...]
    return estimates.map { estimate in
      estimate.map { PairedDifference(estimate: $0, adjusted: adjusted.removeFirst()) }
    }
  }

  /// The verdict at 5 percent, after Holm's correction.
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
