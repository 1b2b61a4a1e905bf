import Files
import Statistics

/// Every loss of a panel against cross-entropy: paired differences with intervals.
struct DifferencesTable {
  private static let reference = "ce"
  static let scores: [(name: String, score: Score)] = [
    ("mean accuracy", .meanAccuracy), ("mean IoU", .meanIoU),
  ]

  struct Row {
    let loss: LossName
    /// In the order of `scores`.
    let differences: [PairedDifference?]

    /// Differs in neither score; nil where one could not be compared.
    var isIndistinct: Bool? {
      differences.contains(nil) ? nil : differences.allSatisfy { $0?.verdict == .indistinct }
    }
  }

  let panel: Panel
  let setting: Setting
  let slug: String
  let title: String
  let caption: String
  let notes: [String]
  let rows: [Row]

  /// Nil where there is no run of cross-entropy, or nothing to hold against it.
  init?(_ comparisons: PanelComparisons) {
    let (panel, setting) = (comparisons.panel, comparisons.setting)
    (self.panel, self.setting) = (panel.panel, setting)
    guard let reference = comparisons.loss(Self.reference) else { return nil }
    let candidates = comparisons.losses.filter { $0 != reference }
    guard !candidates.isEmpty else { return nil }
    let columns = Self.scores.map {
      comparisons.differences(candidates, from: reference, $0.score)
    }
    rows = candidates.indices.map { i in
      Row(loss: candidates[i], differences: columns.map { $0[i] })
    }
    let letter = panel.letter(setting)
    slug = "\(panel.panel.slug)-differences\(letter.isEmpty ? "" : "-\(letter.lowercased())")"
    title = "\(comparisons.title): differences from cross-entropy"
    caption = comparisons.caption
    notes = [
      "Loss less cross-entropy, in percentage points, paired by seed, batch order and image; 95 % "
        + "intervals \(comparisons.basis) (docs/statistics.md). p: after Holm's correction for the "
        + "\(candidates.count) losses compared. Not distinguishable: p at least 0.05."
    ]
  }

  func markdown(level: Int = 1) -> String {
    var lines = [String(repeating: "#", count: level) + " " + escapeMarkdown(title), ""]
    lines += [escapeMarkdown(caption), ""]
    lines.append(
      "| loss | "
        + Self.scores.map { "\($0.name) | 95 % interval | p | verdict" }
        .joined(separator: " | ") + " |")
    lines.append("|---|" + Self.scores.map { _ in "---:|---:|---:|---|" }.joined())
    for row in rows {
      let cells = row.differences.flatMap { difference -> [String] in
        guard let difference else { return [dash, dash, dash, dash] }
        let verdict = difference.verdict
        return [
          signed(difference.estimate.value), escapeMarkdown(difference.intervalText),
          escapeMarkdown(pText(difference.adjusted)),
          verdict == .indistinct ? verdict.rawValue : "**\(verdict.rawValue)**",
        ]
      }
      lines.append(
        "| " + ([escapeMarkdown(row.loss.notation)] + cells).joined(separator: " | ") + " |")
    }
    lines += [""] + notes.map { "- " + escapeMarkdown($0) }
    return lines.joined(separator: "\n") + "\n"
  }

  var csv: String {
    var lines = ([title, caption] + notes).map { "# \($0)" }
    lines.append(
      csvLine([
        "loss", "score", "difference", "low", "high", "standard_error", "degrees_of_freedom", "p",
        "p_holm", "seeds", "images", "verdict",
      ]))
    for row in rows {
      for (score, difference) in zip(Self.scores, row.differences) {
        guard let difference else { continue }
        let estimate = difference.estimate
        lines.append(
          csvLine(
            [row.loss.notation, score.name]
              + [
                estimate.value, estimate.interval.lowerBound, estimate.interval.upperBound,
                estimate.standardError,
              ].map { fixed(100 * $0, 4) }
              + [
                fixed(estimate.degreesOfFreedom, 2), fixed(estimate.pValue, 6),
                fixed(difference.adjusted, 6), "\(estimate.seeds)", "\(estimate.images)",
                difference.verdict.rawValue,
              ]))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
