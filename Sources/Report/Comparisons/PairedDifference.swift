import Files
import Statistics

/// How a score of one loss differs from that of another, for the runs of one setting that share
/// seeds; in percentage points.
struct PairedDifference: Hashable {
  enum Verdict: String {
    case higher, lower, inconclusive
    /// Both losses score 0: neither can be better here.
    case untestable = "not testable"
    /// Nothing is known of how two trainings with the same loss would differ.
    case oneSeed = "one seed: no verdict"

    /// Whether it says that the losses differ.
    var isDecided: Bool { self == .higher || self == .lower }

    /// A sign that tells verdicts apart without color.
    var sign: String {
      switch self {
      case .higher: "▲"
      case .lower: "▼"
      case .inconclusive: "?"
      case .untestable: "∅"
      case .oneSeed: "①"
      }
    }

    /// `▲ higher`, for readers.
    var text: String { "\(sign) \(rawValue)" }
  }

  /// Scores below this are shown as 0.00 %.
  static let floor = 0.00005

  let estimate: Estimate
  /// The p-value adjusted by Holm's method for the losses compared.
  var adjusted: Double
  /// Whether both losses score 0 (shown as 0.00 %) with every seed.
  var isFloor = false

  /// Holm's correction for as many as could be estimated.
  /// - Parameter floors: whether both losses score 0, in the order of the estimates; empty: none.
  static func adjusted(_ estimates: [Estimate?], floors: [Bool] = []) -> [PairedDifference?] {
    var adjusted = holm(estimates.compactMap { $0?.pValue })[...]
    return estimates.enumerated().map { index, estimate in
      estimate.map {
        PairedDifference(
          estimate: $0, adjusted: adjusted.removeFirst(),
          isFloor: floors.indices.contains(index) && floors[index])
      }
    }
  }

  /// The verdict at 5 percent, after Holm's correction. A single seed gives none.
  var verdict: Verdict {
    if estimate.seeds < 2 { return .oneSeed }
    if isFloor { return .untestable }
    return adjusted < 0.05 ? (estimate.value > 0 ? .higher : .lower) : .inconclusive
  }

  /// `+1.20 [-0.31, +2.71], p = 0.21`, in points; p after Holm's correction. Without p where there is
  /// no verdict.
  var text: String {
    switch verdict {
    case .oneSeed: "\(numberText) over images; \(verdict.rawValue)"
    case .untestable: "\(numberText), both losses score 0"
    default: "\(numberText), \(pStatement(adjusted))"
    }
  }

  /// `+1.20 [-0.31, +2.71]`
  var numberText: String { "\(signed(estimate.value)) \(intervalText)" }

  var intervalText: String {
    "[\(signed(estimate.interval.lowerBound)), \(signed(estimate.interval.upperBound))]"
  }

  /// `0.012`, or a dash where there is no verdict.
  var adjustedText: String { verdict == .oneSeed ? dash : pText(adjusted) }

  /// p, then p after Holm's correction, for CSV: empty where there is no verdict.
  var pFields: [String] {
    verdict == .oneSeed ? ["", ""] : [fixed(estimate.pValue, 6), fixed(adjusted, 6)]
  }
}
