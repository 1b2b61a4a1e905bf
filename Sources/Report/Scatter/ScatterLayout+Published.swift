extension ScatterLayout {
  /// The paper's Tables II and III as points, average accuracy of the minority classes against their
  /// average IoU, and beside each ours of the same losses. The paper prints no numbers for its scatters
  /// (Fig. 1 and 2) of all classes.
  /// - Returns: nil where no panel has a published table.
  static func published(_ grid: Grid, profile: String) -> ScatterLayout? {
    var captions: [String] = []
    let rows = grid.panels.compactMap { panel -> [(String, String, [ScatterSeries])]? in
      guard let table = PublishedTable.of(panel.panel) else { return nil }
      let ours = ours(panel, table)
      guard !ours.isEmpty else { return nil }
      let minority = MinorityClasses(panel.panel.dataset, panel.classes)
      captions.append(
        "\(panel.panel.dataset.title): the paper's Table \(table.number), averages as printed"
          + (panel.panel.dataset == .cityscapes
            ? " (they are not the mean of its printed columns)" : "")
          + "; ours: mean of \(minority.averaged.map { panel.classes.names[$0] }.joined(separator: ", ")). "
          + zip(panel.settings, panel.captions).filter { setting, _ in
            ours.contains { $0.row?.setting == setting }
          }.map(\.1).joined(separator: " "))
      let slug = panel.panel.slug
      return [
        (
          "\(slug), paper",
          "paper, Table \(table.number): \(panel.panel.dataset.title), "
            + "\(table.backbone.title)", theirs(table)
        ),
        ("\(slug), ours", "ours: \(panel.title)", ours),
      ]
    }
    guard !rows.isEmpty else { return nil }
    let hasSeeds = rows.joined().contains { $0.2.contains { $0.seeds.count > 1 } }
    captions.append(
      (grid.showsBestRates ? bestRatesNote + " " : "")
        + (hasSeeds ? "Large marks: mean over seeds; small marks: single seeds. " : "")
        + "Dashed: level of focal. Pale line: Pareto "
        + "front. Axes differ between left and right.")
    return ScatterLayout(
      title: "Minority classes: the paper's figures and ours, \(profile)", rows: rows,
      quantities: ("average IoU of the minority (%)", "average accuracy of the minority (%)"),
      captions: captions)
  }

  private static func theirs(_ table: PublishedTable) -> [ScatterSeries] {
    let styles = MarkerStyle.assign(table.rows.map { LossName(notation: $0.base) })
    return zip(table.rows, styles).compactMap { row, style in
      guard let iou = row.iou.last, let accuracy = row.accuracy.last else { return nil }
      let point = Point(x: iou, y: accuracy)
      return ScatterSeries(
        row: nil, label: row.base, style: style, mean: point, seeds: [(0, point)],
        isFocal: row.base == "focal")
    }
  }

  /// Losses of the table in the variant and parameters that come first.
  private static func ours(_ panel: GridPanel, _ table: PublishedTable) -> [ScatterSeries] {
    let minority = MinorityClasses(panel.panel.dataset, panel.classes)
    return table.rows.compactMap { published -> ScatterSeries? in
      guard
        let row = panel.rows.first(where: { $0.loss.base == published.base && !$0.runs.isEmpty }),
        let style = MarkerStyle.assign([row.loss]).first
      else { return nil }
      let seeds = row.runs.compactMap { run -> (seed: UInt64, point: Point)? in
        guard let iou = minority.average(.iou, run.confusion),
          let accuracy = minority.average(.accuracy, run.confusion)
        else { return nil }
        return (run.configuration.seed, Point(x: 100 * iou, y: 100 * accuracy))
      }
      guard let x = Statistic(seeds.map(\.point.x)), let y = Statistic(seeds.map(\.point.y)) else {
        return nil
      }
      return ScatterSeries(
        row: row, label: published.base, style: style, mean: Point(x: x.mean, y: y.mean),
        seeds: seeds, isFocal: published.base == "focal")
    }
  }
}
