import Files
import Metrics
import Statistics

/// Every loss of a panel against every other one, for those who look a difference up: a CSV file alone.
struct PairsTable: Artifact {
  private let comparisons: PanelComparisons

  init(_ comparisons: PanelComparisons) { self.comparisons = comparisons }

  private static let header = ["reference"] + DifferencesTable.header

  var files: [ReportFile] {
    let (panel, setting) = (comparisons.panel, comparisons.setting)
    let records = comparisons.losses.flatMap(records)
    guard !records.isEmpty else { return [] }
    return [
      .csv(
        "tables/\(panel.slug)-pairs\(panel.letterSuffix(setting)).csv", header: Self.header,
        records,
        caption: [
          "\(comparisons.title): differences of all pairs of losses.", comparisons.caption,
          "Loss - reference, in percentage points, paired by seed, batch order, and image; 95 % "
            + "intervals \(comparisons.basis) (docs/statistics.md). p: after Holm's correction for the "
            + "losses compared with one reference.",
        ])
    ]
  }

  private func records(_ reference: LossName) -> [[String]] {
    let candidates = comparisons.losses.filter { $0 != reference }
    let rows = scores.map { comparisons.differences(candidates, from: reference, $0) }
    return candidates.indices.flatMap { i in
      zip(scores, rows).compactMap { score, differences in
        differences[i].map {
          [reference.notation, candidates[i].notation, score.title] + DifferencesTable.fields($0)
        }
      }
    }
  }

  /// The paper's metrics over all classes, and over its minority classes.
  private var scores: [ClassMean] {
    let panel = comparisons.panel
    let minority = MinorityClasses(panel.dataset, panel.classes)
    return Metric.ofPaper.map(ClassMean.init)
      + (minority.averaged.isEmpty ? [] : Metric.ofPaper.map(minority.mean))
  }
}

extension Panel {
  /// `-a` for the first of several settings; empty for a single one.
  func letterSuffix(_ setting: Setting) -> String {
    let letter = letter(setting)
    return letter.isEmpty ? "" : "-\(letter.lowercased())"
  }
}
