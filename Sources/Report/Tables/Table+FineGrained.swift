import Metrics

extension Table {
  /// Mean accuracy and mean IoU per data set, per image, per class and image, and of the worst of
  /// these; then the ranks of the losses under each.
  /// - Returns: nil where no run of the panel has the matrices of its images.
  static func fineGrained(_ panel: Panel) -> Table? {
    let rows = panel.rows.compactMap(FineGrainedRow.init)
    guard !rows.isEmpty else { return nil }
    let metrics = Metric.ofPaper
    return Table(
      panel, "fine-grained", "scores per data set, per image, and of the worst",
      notes: metrics.flatMap { leaders($0, rows, panel) } + [fineGrainedNote],
      sections: metrics.map { values($0, rows, panel) } + metrics.map { ranks($0, rows, panel) })
  }

  private static let columns = Grain.all.map { "\($0.title) (\($0.symbol))" }

  private static let fineGrainedNote =
    "D: from the sum of all images, as in the other tables. I: each image's mean over the classes that "
    + "occur in it, averaged over images. C: each class's mean over the images in which it occurs, "
    + "averaged over classes. I^5, C^5: only the worst 5 % of the images, for C of each class's images "
    + "(at least one). I^q, C^q: the mean over the worst 10, 20, ..., 100 %. After Wang et al., NeurIPS "
    + "2023 (docs/policy.md). Ranks are of the means over seeds: a difference in rank need not be "
    + "one that these runs can establish."

  private static func values(
    _ metric: Metric, _ rows: [FineGrainedRow], _ panel: Panel
  ) -> Section {
    Section(
      quantity: "mean_\(metric.name)",
      heading: "\(ClassMean(metric).title.capitalizedFirst) (%)", rowHeader: "loss",
      columns: columns,
      rows: rows.map { row in
        Row(
          label: panel.markedLabel(row.row),
          cells: Grain.all.map { row.scores[metric]?[$0] })
      }, best: .highestOfColumns())
  }

  private static func ranks(
    _ metric: Metric, _ rows: [FineGrainedRow], _ panel: Panel
  ) -> Section {
    Section(
      quantity: "rank_\(metric.name)",
      heading: "Rank by \(ClassMean(metric).title) (1: highest)",
      rowHeader: "loss", columns: columns,
      rows: rows.map { row in
        Row(
          label: panel.markedLabel(row.row),
          cells: Grain.all.map { grain in
            row.rank(metric, grain, among: rows).map { Statistic(mean: Double($0)) }
          }, decimals: 0)
      })
  }

  /// Which loss is first under each grain: a line for each setting with several losses.
  private static func leaders(
    _ metric: Metric, _ rows: [FineGrainedRow], _ panel: Panel
  ) -> [String] {
    panel.settings.compactMap { setting in
      let rows = rows.filter { $0.row.setting == setting }
      // One seed has no verdict, and a tie of all no leader.
      guard rows.count > 1, rows.contains(where: { $0.row.runs.count > 1 }) else { return nil }
      var led: [(loss: String, grains: [String])] = []
      for grain in Grain.all {
        for row in rows where row.rank(metric, grain, among: rows) == 1 {
          let loss = panel.label(row.row)
          if let index = led.firstIndex(where: { $0.loss == loss }) {
            led[index].grains.append(grain.symbol)
          } else {
            led.append((loss, [grain.symbol]))
          }
        }
      }
      let list = led.map { "\($0.loss) (\($0.grains.joined(separator: ", ")))" }
      return "Highest \(ClassMean(metric).title): \(list.joined(separator: "; "))."
    }
  }
}

/// The scores of one loss in one setting.
private struct FineGrainedRow {
  let row: GridRow
  /// Percent, over the seeds whose images are known.
  let scores: [Metric: [Grain: Statistic]]

  /// nil where no run has the matrices of its images.
  init?(_ row: GridRow) {
    let runs = row.runs.filter { !$0.images.isEmpty }.map { FineGrained($0.images) }
    guard !runs.isEmpty else { return nil }
    self.row = row
    var scores: [Metric: [Grain: Statistic]] = [:]
    for metric in Metric.ofPaper {
      for grain in Grain.all {
        scores[metric, default: [:]][grain] = .percent(runs.map { $0.mean(metric, grain) })
      }
    }
    self.scores = scores
  }

  /// 1 for the highest mean over seeds, of the rows of the same setting; equal ones share a rank.
  func rank(_ metric: Metric, _ grain: Grain, among rows: [FineGrainedRow]) -> Int? {
    guard let own = scores[metric]?[grain]?.mean else { return nil }
    let others = rows.filter { $0.row.setting == row.setting }
    return 1 + others.count { ($0.scores[metric]?[grain]?.mean ?? -1) > own }
  }
}
