import Files
import Foundation
import Metrics
import Statistics

/// The user's own loss compared with baselines: a table with intervals, and a sentence for each
/// baseline.
package struct Comparison {
  private struct Line {
    let panel: String
    let baseline: LossName
    let metric: Metric
    let difference: PairedDifference

    var cells: [String] {
      [
        panel, baseline.notation, ClassMean(metric).title, signed(difference.estimate.value),
        difference.intervalText, difference.verdict.text, difference.adjustedText,
      ]
    }
  }

  private let candidate: LossName
  private let lines: [Line]
  private let captions: [String]

  /// - Parameters:
  ///   - candidate: normalized notation.
  ///   - baselines: names such as `ce`, with any parameters.
  /// - Throws: `UserError` if no run of the candidate shares seed and images with a baseline.
  package init(_ input: ReportInput, candidate: String, baselines: [String]) throws {
    let candidate = LossName(notation: candidate)
    self.candidate = candidate
    var (lines, captions): ([Line], [String]) = ([], [])
    for panel in try Grid(input).panels {
      for setting in panel.settings {
        let comparisons = PanelComparisons(panel, setting)
        let references = comparisons.losses.filter { loss in
          loss != candidate && baselines.contains { $0 == loss.notation || $0 == loss.base }
        }
        for metric in Metric.all {
          // One family for each metric and panel: all baselines asked for.
          let found = references.compactMap { reference in
            comparisons.differences([candidate], from: reference, ClassMean(metric))[0]
              .map { (reference, $0) }
          }
          let adjusted = holm(found.map { $0.1.estimate.pValue })
          for ((reference, difference), p) in zip(found, adjusted) {
            var difference = difference
            difference.adjusted = p
            lines.append(
              Line(panel: panel.title, baseline: reference, metric: metric, difference: difference))
          }
        }
        captions.append(
          "\(panel.title): \(comparisons.caption) Intervals are \(comparisons.basis).")
      }
    }
    guard !lines.isEmpty else {
      throw UserError(
        "no finished run of \(candidate.notation) shares its seed and images with a baseline")
    }
    (self.lines, self.captions) = (lines, captions)
  }

  /// For a terminal.
  package var text: String {
    let rows =
      [["", "compared with", "", "difference", "95 % interval", "verdict", "p (Holm)"]]
      + lines.map(\.cells)
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        .joined(separator: "  ")
    }.map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
  }

  /// The result in the paper's metrics, in one sentence for each baseline. With one seed it gives the
  /// differences and no verdict.
  package var sentence: String {
    var baselines: [LossName] = []
    for line in lines where !baselines.contains(line.baseline) { baselines.append(line.baseline) }
    return baselines.map(sentence).joined(separator: "\n")
  }

  private func sentence(_ baseline: LossName) -> String {
    let own = lines.filter { $0.baseline == baseline }
    let parts = Metric.ofPaper.compactMap { metric -> String? in
      let found = own.filter { $0.metric == metric }
      let range = DifferenceRange(found.map { (place: $0.panel, difference: $0.difference) })
      return range.map { "\(ClassMean(metric).title) \($0.text)" }
    }
    let isOneSeed = own.allSatisfy { $0.difference.verdict == .oneSeed }
    let panels = Set(own.map(\.panel))
    let place = panels.count == 1 ? " (\(panels.first ?? ""))" : ""
    return (isOneSeed ? "One seed: no verdict. " : "")
      + "\(candidate.notation) - \(baseline.notation), points: \(parts.joined(separator: "; "))\(place)."
  }

  /// `comparison.md`.
  package var markdown: String {
    var lines = ["# \(escapeMarkdown(candidate.notation)) compared with baselines", ""]
    for part in sentence.split(separator: "\n") { lines += [escapeMarkdown(String(part)), ""] }
    lines += [
      "| panel | compared with | score | difference | 95 % interval | verdict | p (Holm) |",
      "|---|---|---|---:|---:|---|---:|",
    ]
    lines += self.lines.map { "| " + $0.cells.map(escapeMarkdown).joined(separator: " | ") + " |" }
    lines += ["", "Percentage points, paired by seed and image (docs/statistics.md).", ""]
    lines += captions.map { "- \(escapeMarkdown($0))" }
    lines += ["", "![Mean accuracy against mean IoU](figures/scatter.png)"]
    return lines.joined(separator: "\n") + "\n"
  }
}
