import Statistics

/// The rules that turn differences into verdicts, the same for every loss (docs/claims.md). A single
/// seed gives no verdict, and neither do two losses that both score 0.
enum Rule {
  /// Points by which losses may differ and still count as alike, or as competitive: fixed before
  /// any verdict was computed.
  static let margin = 0.02

  /// The difference is positive (negative), with p below 0.05 after Holm's correction; the opposite
  /// with the same certainty: contradicted.
  static func direction(_ difference: PairedDifference?, isHigher: Bool, _ what: String) -> Finding
  {
    finding(difference, what) { difference in
      let interval = difference.estimate.interval
      let isAsClaimed = (difference.verdict == .higher) == isHigher
      return (
        difference.verdict.isDecided ? (isAsClaimed ? .supported : .contradicted) : .inconclusive,
        isHigher ? interval.lowerBound : -interval.upperBound
      )
    }
  }

  /// The whole interval lies within the margin; wholly outside: contradicted.
  static func alike(_ difference: PairedDifference?, _ what: String) -> Finding {
    finding(difference, what) { difference in
      let interval = difference.estimate.interval
      let isWithin = interval.lowerBound >= -margin && interval.upperBound <= margin
      let isOutside = interval.lowerBound > margin || interval.upperBound < -margin
      return (
        isWithin ? .supported : isOutside ? .contradicted : .inconclusive,
        margin - max(-interval.lowerBound, interval.upperBound)
      )
    }
  }

  /// The whole interval lies above minus the margin; wholly below: contradicted.
  static func notWorse(_ difference: PairedDifference?, _ what: String) -> Finding {
    finding(difference, what) { difference in
      let interval = difference.estimate.interval
      return (
        interval.lowerBound > -margin
          ? .supported : interval.upperBound < -margin ? .contradicted : .inconclusive,
        interval.lowerBound + margin
      )
    }
  }

  /// The whole interval lies below the margin; wholly above: contradicted.
  static func notBetter(_ difference: PairedDifference?, _ what: String) -> Finding {
    finding(difference, what) { difference in
      let interval = difference.estimate.interval
      return (
        interval.upperBound < margin
          ? .supported : interval.lowerBound > margin ? .contradicted : .inconclusive,
        margin - interval.upperBound
      )
    }
  }

  /// What a rule makes of a difference, where the runs can tell anything.
  /// - Parameter rule: the verdict, and how far the statement is from failing.
  private static func finding(
    _ difference: PairedDifference?, _ what: String,
    _ rule: (PairedDifference) -> (Finding.Verdict, slack: Double)
  ) -> Finding {
    guard let difference else { return .untested("\(what): no runs to compare") }
    let (ruled, slack) = rule(difference)
    let verdict: Finding.Verdict =
      switch difference.verdict {
      case .oneSeed: .oneSeed
      case .untestable: .untestable
      default: ruled
      }
    return Finding(
      verdict: verdict, numbers: ["\(what): \(difference.text)"],
      deciding: Finding.Deciding(what: what, number: difference.numberText, slack: slack))
  }

  /// The mean over the seeds is positive (negative) by a t-test, p below 0.05; the opposite with the
  /// same certainty: contradicted.
  ///
  /// - Parameters:
  ///   - values: one fraction for each seed.
  ///   - missing: what the runs lack if there is no value.
  ///   - test: the name of the test that needs seeds that differ.
  static func direction(
    ofSeeds values: [Double], isHigher: Bool, _ what: String, missing: String, test: String
  ) -> Finding {
    guard let statistic = Statistic(values) else { return .untested("\(what): no \(missing)") }
    let number = signed(statistic.mean)
    let slack = isHigher ? statistic.mean : -statistic.mean
    guard values.count > 1 else {
      return Finding(
        verdict: .oneSeed, numbers: ["\(what): \(number); \(Finding.Verdict.oneSeed.rawValue)"],
        deciding: Finding.Deciding(what: what, number: number, slack: slack))
    }
    let text = "\(what): \(number) over \(values.count) seeds"
    guard let deviation = statistic.deviation, deviation > 0 else {
      return Finding(verdict: .untested, numbers: [text + "; a \(test) needs seeds that differ"])
    }
    let n = Double(values.count)
    let p = StudentT(degreesOfFreedom: n - 1)
      .twoSidedTail(statistic.mean / (deviation / n.squareRoot()))
    let isAsClaimed = (statistic.mean > 0) == isHigher
    return Finding(
      verdict: p >= 0.05 ? .inconclusive : isAsClaimed ? .supported : .contradicted,
      numbers: ["\(text), \(pStatement(p))"],
      deciding: Finding.Deciding(what: what, number: "\(number), \(pStatement(p))", slack: slack))
  }
}
