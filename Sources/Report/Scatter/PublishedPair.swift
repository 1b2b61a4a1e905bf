/// The paper's Table II or III as points, average accuracy of the minority classes against their
/// average IoU, and ours of the same losses. The paper prints no numbers for its scatters (Fig. 1
/// and 2) of all classes.
struct PublishedPair {
  let theirs: ScatterChart
  let ours: ScatterChart
  /// What both show.
  let caption: String

  private static let quantities = (
    x: "average IoU of the minority", y: "average accuracy of the minority"
  )

  /// One for each panel that has a published table and runs of its losses.
  static func all(_ grid: Grid) -> [PublishedPair] { grid.panels.compactMap(PublishedPair.init) }

  private init?(_ panel: Panel) {
    guard let table = PublishedTable.of(panel.key) else { return nil }
    let series = Self.ours(panel, table)
    guard !series.isEmpty else { return nil }
    let minority = MinorityClasses(panel.dataset, panel.classes)
    caption =
      "\(panel.dataset.title): the paper's Table \(table.number), averages as printed"
      + (table.averagesItsColumns ? "" : " (they are not the mean of its printed columns)")
      + "; ours: mean of \(minority.averaged.map { panel.classes.names[$0] }.joined(separator: ", ")). "
      + zip(panel.settings, panel.captions).filter { setting, _ in
        series.contains { $0.row?.setting == setting }
      }.map(\.1).joined(separator: " ")
    theirs = ScatterChart(
      slug: "\(panel.slug), paper",
      title: "paper, Table \(table.number): \(panel.dataset.title), \(table.backbone.title)",
      quantities: Self.quantities, series: Self.theirs(table))
    ours = ScatterChart(
      slug: "\(panel.slug), ours", title: "ours: \(panel.title)", quantities: Self.quantities,
      series: series)
  }

  private static func theirs(_ table: PublishedTable) -> [ScatterSeries] {
    let styles = MarkerStyle.assign(table.rows.map { LossName(notation: $0.base) })
    return zip(table.rows, styles).compactMap { row, style in
      guard let iou = row.iou.last, let accuracy = row.accuracy.last else { return nil }
      let point = Point(x: iou, y: accuracy)
      return ScatterSeries(
        row: nil, name: row.base, label: row.base, style: style, mean: point, seeds: [(0, point)],
        isFocal: row.base == "focal")
    }
  }

  /// Losses of the table in the variant and parameters that come first.
  private static func ours(_ panel: Panel, _ table: PublishedTable) -> [ScatterSeries] {
    let minority = MinorityClasses(panel.dataset, panel.classes)
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
        row: row, name: panel.label(row), label: published.base, style: style,
        mean: Point(x: x.mean, y: y.mean),
        seeds: seeds, isFocal: published.base == "focal")
    }
  }
}

extension ScatterLayout {
  /// A row for each pair, the paper's on the left.
  static func published(_ pairs: [PublishedPair], _ grid: Grid, profile: String) -> ScatterLayout {
    let hasSeeds = pairs.contains { pair in
      (pair.theirs.series + pair.ours.series).contains { $0.seeds.count > 1 }
    }
    let legend =
      (grid.showsBestRates ? bestRatesNote + " " : "")
      + (hasSeeds ? "Large marks: mean over seeds; small marks: single seeds. " : "")
      + "Dashed: level of focal. Pale line: Pareto front. Axes differ between left and right."
    return ScatterLayout(
      title: "Minority classes: the paper's figures and ours, \(profile)",
      rows: pairs.map { [$0.theirs, $0.ours] }, captions: pairs.map(\.caption) + [legend])
  }
}
