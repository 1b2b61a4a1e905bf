import Metrics

extension Comparison {
  /// The result in the paper's metrics: for each panel a sentence for each of the named baselines, and
  /// where the loss stands among all, of which one seed tells nothing.
  package var sentences: [String] {
    panels.flatMap { panel -> [String] in
      let all = baselines(of: panel)
      let wanted = all.filter(isNamed)
      return (wanted.isEmpty ? Array(all.prefix(1)) : wanted).map { sentence(panel, $0) }
        + (all.count > 1 && hasVerdict(panel) ? [rank(panel, among: all.count + 1)] : [])
    }
  }

  /// `CamVid, ResNet-18: mine - ce is +1.09 points of mean accuracy and -0.30 of mean IoU over 16
  /// images; one seed: no verdict.`
  private func sentence(_ panel: String, _ baseline: LossName) -> String {
    let own = lines(of: panel).filter {
      $0.baseline == baseline && Metric.ofPaper.contains($0.metric)
    }
    guard let first = own.first else { return "" }
    let estimate = first.difference.estimate
    let images = "\(estimate.images) image\(estimate.images == 1 ? "" : "s")"
    guard first.verdict != .oneSeed else {
      let parts = own.enumerated().map { index, line in
        "\(signed(line.difference.estimate.value))\(index == 0 ? " points" : "") of "
          + ClassMean(line.metric).title
      }
      return "\(panel): \(candidate.notation) - \(baseline.notation) is "
        + "\(parts.joined(separator: " and ")) over \(images); one seed: no verdict."
    }
    let parts = own.map { line in
      "\(ClassMean(line.metric).title) \(Self.words(line)) (\(line.difference.text))"
    }
    return "\(panel): compared with \(baseline.notation), \(candidate.notation) has a "
      + "\(parts.joined(separator: " and a ")), in points over \(estimate.seeds) seeds and \(images)."
  }

  private static func words(_ line: Line) -> String {
    switch line.verdict {
    case .higher, .lower: "that is \(line.verdict.rawValue)"
    case .inconclusive: "whose difference is inconclusive"
    case .untestable, .oneSeed: "that cannot be tested"
    }
  }

  private func rank(_ panel: String, among count: Int) -> String {
    let places = Metric.ofPaper.map { metric -> String in
      let better = lines(of: panel).count {
        $0.metric == metric && $0.difference.estimate.value < 0
      }
      return "\(ordinal(better + 1)) in \(ClassMean(metric).title)"
    }
    return
      "\(panel): \(candidate.notation) is \(places.joined(separator: " and ")) of \(count) losses."
  }

  private func hasVerdict(_ panel: String) -> Bool {
    lines(of: panel).allSatisfy { $0.verdict != .oneSeed }
  }

  private func isNamed(_ loss: LossName) -> Bool {
    named.contains { $0 == loss.notation || $0 == loss.base }
  }
}

/// `1st`, `2nd`, `3rd`, `4th`, ...
private func ordinal(_ number: Int) -> String {
  let isTeen = (11...13).contains(number % 100)
  let endings = [1: "st", 2: "nd", 3: "rd"]
  return "\(number)" + (isTeen ? "th" : endings[number % 10] ?? "th")
}
