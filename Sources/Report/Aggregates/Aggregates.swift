import Metrics
import Statistics

/// The scores of each loss in all panels together: a panel is a task, and its seeds are the task's runs
/// (rliable: Agarwal et al., NeurIPS 2021).
struct Aggregates {
  /// What all losses were trained on.
  let panels: [Panel]
  /// Those that have a run in every panel, in the order of tables.
  let losses: [LossName]
  /// What takes no part, a phrase each.
  let leftOut: [String]
  private let rows: [[LossName: GridRow]]

  /// nil where there are fewer than two panels or two losses to aggregate.
  init?(_ grid: Grid) {
    let found = grid.panels.map { panel in
      (panel: panel, rows: panel.rows.filter { !$0.runs.isEmpty })
    }
    // Two settings of one loss in a panel cannot be one task.
    let used = found.filter { Set($0.rows.map(\.loss)).count == $0.rows.count && !$0.rows.isEmpty }
    panels = used.map(\.panel)
    rows = used.map { Dictionary(uniqueKeysWithValues: $0.rows.map { ($0.loss, $0) }) }
    let rows = rows
    let all = Set(rows.flatMap(\.keys)).sorted()
    let shared = all.filter { loss in rows.allSatisfy { $0[loss] != nil } }
    losses = shared
    let mixed = found.filter { Set($0.rows.map(\.loss)).count < $0.rows.count }
    leftOut =
      mixed.map { "\($0.panel.title), which has several settings of a loss" }
      + all.filter { !shared.contains($0) }.map { "\($0.notation), which lacks a panel" }
    guard panels.count > 1, losses.count > 1 else { return nil }
  }

  /// nil where a run has no such score.
  func scores(_ metric: Metric, of loss: LossName) -> TaskScores? {
    let scores = rows.map { ($0[loss]?.runs ?? []).compactMap { metric.mean($0.confusion) } }
    return scores.contains(where: \.isEmpty) ? nil : TaskScores(scores)
  }

  /// Whether every loss has several seeds in every panel, so that there are intervals.
  var hasSeeds: Bool {
    rows.allSatisfy { panel in losses.allSatisfy { (panel[$0]?.runs.count ?? 0) > 1 } }
  }

  /// What the numbers were measured on.
  var caption: String {
    let runs = losses.map { loss in rows.reduce(0) { $0 + ($1[loss]?.runs.count ?? 0) } }
    let count = Set(runs).sorted().map(String.init).joined(separator: " or ")
    return
      "Over \(panels.count) panels (\(panels.map(\.title).joined(separator: "; "))), \(count) runs "
      + "of each loss; their data and settings stand with each panel's tables. Scores are not "
      + "normalized, and a panel with more seeds counts for more in means and shares."
  }
}
