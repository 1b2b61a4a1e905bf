import Experiments
import Files
import Foundation
import Metrics
import Statistics

/// The user's own loss compared with stored losses, in every panel that they share: what the command
/// says, and the numbers of its page.
package struct Comparison {
  struct Line {
    let panel: String
    /// The panel's short name, such as `S18`.
    let panelID: String
    let baseline: LossName
    let metric: Metric
    let difference: PairedDifference

    var verdict: PairedDifference.Verdict { difference.verdict }

    /// `+1.20 [-0.31, +2.71]`, with a star where the two losses differ.
    var text: String {
      "\(signed(difference.estimate.value))\(verdict.isDecided ? "*" : "") \(difference.intervalText)"
    }
  }

  let candidate: LossName
  let lines: [Line]
  /// How each panel's numbers were made.
  let captions: [String]
  /// Whether the compared runs were computed with different BLAS kernels; nil if not.
  package let machines: String?
  /// The losses that the sentences name; the tables have all.
  let named: [String]

  /// - Parameters:
  ///   - candidate: as tables name it.
  ///   - baselines: names such as `ce`, with any parameters; nil for every other loss.
  /// - Throws: `UserError` if no run of the candidate shares seed and images with a baseline.
  package init(_ input: ReportInput, candidate: String, baselines: [String]? = nil) throws {
    let candidate = LossName(notation: candidate)
    self.candidate = candidate
    named = baselines ?? ["ce"]
    var (lines, captions): ([Line], [String]) = ([], [])
    for panel in try Grid(input).panels {
      for setting in panel.settings {
        let comparisons = PanelComparisons(panel, setting)
        let references = comparisons.losses.filter { loss in
          loss != candidate
            && baselines?.contains { $0 == loss.notation || $0 == loss.base } ?? true
        }
        for metric in Metric.all {
          lines += Self.lines(comparisons, candidate, references, metric)
        }
        captions.append(
          "\(comparisons.id), \(comparisons.title): \(comparisons.caption) Intervals are "
            + "\(comparisons.basis).")
      }
    }
    guard !lines.isEmpty else {
      throw UserError(
        "no finished run of \(candidate.notation) shares its seed and images with a baseline")
    }
    (self.lines, self.captions) = (lines, captions)
    machines = MixedMachines(input.runs.compactMap(\.environment)).sentence
  }

  /// One family for each metric and panel: all baselines.
  private static func lines(
    _ comparisons: PanelComparisons, _ candidate: LossName, _ references: [LossName],
    _ metric: Metric
  ) -> [Line] {
    let found = references.compactMap { reference in
      comparisons.differences([candidate], from: reference, ClassMean(metric))[0]
        .map { (reference, $0) }
    }
    let adjusted = holm(found.map { $0.1.estimate.pValue })
    return zip(found, adjusted).map { found, p in
      var difference = found.1
      difference.adjusted = p
      return Line(
        panel: comparisons.title, panelID: comparisons.panel.id, baseline: found.0,
        metric: metric, difference: difference)
    }
  }

  var panels: [String] { lines.map(\.panel).unique }

  func lines(of panel: String) -> [Line] { lines.filter { $0.panel == panel } }

  /// In the order of tables.
  func baselines(of panel: String) -> [LossName] {
    lines(of: panel).map(\.baseline).unique
  }
}
