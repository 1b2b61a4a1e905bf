import Metrics

extension Table {
  /// What the authors' code makes of each loss beside the canonical loss of that name: each mean
  /// score of both and their difference, over the seeds that both have.
  /// - Returns: nil if the panel holds no loss in both variants.
  static func variants(_ panel: Panel) -> Table? {
    let pairs = panel.rows.compactMap { row -> (canonical: GridRow, published: GridRow)? in
      guard row.loss.isPublished,
        let twin = panel.rows.first(where: {
          $0.loss == row.loss.canonicalTwin && $0.setting == row.setting
        })
      else { return nil }
      return (twin, row)
    }
    guard !pairs.isEmpty else { return nil }
    let sections = Metric.all.map { metric in
      Section(
        meanOf: metric, rowHeader: "loss",
        columns: ["canonical", "published", "published - canonical"],
        rows: pairs.map { canonical, published in
          Row(label: panel.label(canonical), cells: cells(metric, canonical, published))
        })
    }
    return Table(
      panel, "variants", "losses as published and canonical",
      notes: [
        "Canonical: the loss as its own paper defines it. Published: what the recall loss authors' "
          + "code computes under that name (recallbench losses says how they "
          + "differ). Each row is of the seeds that both variants have; differences are in "
          + "percentage points, taken seed by seed."
      ],
      sections: sections)
  }

  private static func cells(
    _ metric: Metric, _ canonical: GridRow, _ published: GridRow
  ) -> [Statistic?] {
    func bySeed(_ row: GridRow) -> [UInt64: Double] {
      var scores: [UInt64: Double] = [:]
      for run in row.runs { scores[run.configuration.seed] = metric.mean(run.confusion) }
      return scores
    }
    let (ours, theirs) = (bySeed(canonical), bySeed(published))
    let pairs = ours.keys.sorted().compactMap { seed in theirs[seed].map { (ours[seed] ?? 0, $0) } }
    return [
      Statistic.percent(pairs.map(\.0)), Statistic.percent(pairs.map(\.1)),
      Statistic.percent(pairs.map { $1 - $0 }),
    ]
  }
}
