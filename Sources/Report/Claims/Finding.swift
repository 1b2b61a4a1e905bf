import Files
import Statistics

/// The verdict on a statement in one panel.
struct Finding: Hashable {
  enum Verdict: String {
    case held
    case notHeld = "not held"
    case indistinct = "not distinguishable"
    case untested = "not tested"
  }

  var verdict: Verdict
  /// The numbers that the verdict rests on, or what is missing.
  var figures: [String]
  /// The one that decides; nil where no single number does.
  var deciding: Deciding?

  /// A number that a verdict rests on.
  struct Deciding: Hashable {
    /// What is measured, such as `recall minus ce, mean IoU`.
    var what: String
    /// In percentage points, with its interval or p-value.
    var number: String
    /// How far the number, or the end of its interval that counts, lies within what the statement
    /// asks for: negative where it does not. A fraction of 1.
    var slack: Double
  }

  /// The remark after a verdict that rests on a single seed.
  func caveat(_ comparisons: PanelComparisons) -> String {
    verdict == .untested ? "" : comparisons.caveat
  }

  static func untested(_ reason: String) -> Finding {
    Finding(verdict: .untested, figures: [reason])
  }

  /// A statement of several parts holds if all do; it does not if one does not.
  static func all(_ parts: [Finding]) -> Finding {
    let verdicts = parts.map(\.verdict)
    let verdict: Verdict =
      if verdicts.isEmpty || verdicts.contains(.untested) {
        .untested
      } else if verdicts.contains(.notHeld) {
        .notHeld
      } else if verdicts.contains(.indistinct) {
        .indistinct
      } else {
        .held
      }
    // Of the parts with this verdict, the one nearest to failing, or furthest from holding.
    let deciding = parts.filter { $0.verdict == verdict }.compactMap(\.deciding)
      .min { $0.slack < $1.slack }
    return Finding(verdict: verdict, figures: parts.flatMap(\.figures), deciding: deciding)
  }
}

/// The rules that turn differences into verdicts, the same for every loss (docs/claims.md).
enum Rule {
  /// Points by which losses may differ and still count as alike, or as competitive: fixed before
  /// any verdict was computed.
  static let margin = 0.02

  /// The difference is positive (negative), with p below 0.05 after Holm's correction; the opposite
  /// with the same certainty: not held.
  static func direction(_ difference: PairedDifference?, isHigher: Bool, _ what: String) -> Finding
  {
    guard let difference else { return .untested("\(what): no runs to compare") }
    let wanted: PairedDifference.Verdict = isHigher ? .higher : .lower
    let verdict: Finding.Verdict =
      difference.verdict == .indistinct
      ? .indistinct : difference.verdict == wanted ? .held : .notHeld
    let interval = difference.estimate.interval
    return finding(
      verdict, difference, what, slack: isHigher ? interval.lowerBound : -interval.upperBound)
  }

  private static func finding(
    _ verdict: Finding.Verdict, _ difference: PairedDifference, _ what: String, slack: Double
  ) -> Finding {
    Finding(
      verdict: verdict, figures: ["\(what): \(difference.text)"],
      deciding: Finding.Deciding(
        what: what, number: "\(signed(difference.estimate.value)) \(difference.intervalText)",
        slack: slack))
  }

  /// The mean over the seeds is positive (negative) by a t-test, p below 0.05; the opposite with the
  /// same certainty: not held.
  ///
  /// - Parameters:
  ///   - values: one fraction for each seed.
  ///   - missing: what the runs lack if there is no value.
  ///   - test: the name of the test that needs two seeds.
  static func direction(
    ofSeeds values: [Double], isHigher: Bool, _ what: String, missing: String, test: String
  ) -> Finding {
    guard let statistic = Statistic(values) else { return .untested("\(what): no \(missing)") }
    let figure = "\(what): \(signed(statistic.mean)) over \(values.count) seeds"
    guard let deviation = statistic.deviation, deviation > 0 else {
      return Finding(
        verdict: .untested, figures: [figure + "; a \(test) needs two seeds that differ"])
    }
    let n = Double(values.count)
    let p = StudentT(degreesOfFreedom: n - 1)
      .twoSidedTail(statistic.mean / (deviation / n.squareRoot()))
    let isAsClaimed = (statistic.mean > 0) == isHigher
    let deciding = Finding.Deciding(
      what: what, number: "\(signed(statistic.mean)), \(pStatement(p))",
      slack: isHigher ? statistic.mean : -statistic.mean)
    return Finding(
      verdict: p >= 0.05 ? .indistinct : isAsClaimed ? .held : .notHeld,
      figures: ["\(figure), \(pStatement(p))"], deciding: deciding)
  }

  /// The whole interval lies within the margin; wholly outside: not held.
  static func alike(_ difference: PairedDifference?, _ what: String) -> Finding {
    guard let difference else { return .untested("\(what): no runs to compare") }
    let interval = difference.estimate.interval
    let verdict: Finding.Verdict =
      if interval.lowerBound >= -margin && interval.upperBound <= margin {
        .held
      } else if interval.lowerBound > margin || interval.upperBound < -margin {
        .notHeld
      } else {
        .indistinct
      }
    return finding(
      verdict, difference, what, slack: margin - max(-interval.lowerBound, interval.upperBound))
  }

  /// The whole interval lies above minus the margin; wholly below: not held.
  static func notWorse(_ difference: PairedDifference?, _ what: String) -> Finding {
    guard let difference else { return .untested("\(what): no runs to compare") }
    let interval = difference.estimate.interval
    let verdict: Finding.Verdict =
      interval.lowerBound > -margin ? .held : interval.upperBound < -margin ? .notHeld : .indistinct
    return finding(verdict, difference, what, slack: interval.lowerBound + margin)
  }

  /// The whole interval lies below the margin; wholly above: not held.
  static func notBetter(_ difference: PairedDifference?, _ what: String) -> Finding {
    guard let difference else { return .untested("\(what): no runs to compare") }
    let interval = difference.estimate.interval
    let verdict: Finding.Verdict =
      interval.upperBound < margin ? .held : interval.lowerBound > margin ? .notHeld : .indistinct
    return finding(verdict, difference, what, slack: margin - interval.upperBound)
  }
}
