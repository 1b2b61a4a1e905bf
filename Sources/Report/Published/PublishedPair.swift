import Metrics

/// What the paper or its authors' logs have as points, and ours of the same losses.
struct PublishedPair {
  let theirs: ScatterChart
  let ours: ScatterChart
  /// What both show.
  let caption: String

  /// Those of each panel that have runs of their losses: the table's averages, then all classes.
  static func all(_ grid: Grid) -> [PublishedPair] {
    grid.panels.flatMap { panel in
      let table = PublishedTable.of(panel.key).flatMap { PublishedPair(panel, $0) }
      return [table].compactMap(\.self)
        + PublishedPoints.of(panel.key).compactMap { PublishedPair(panel, $0) }
    }
  }

  /// The paper's Table II or III, average accuracy of the minority classes against their average IoU.
  private init?(_ panel: Panel, _ table: PublishedTable) {
    let minority = MinorityClasses(panel.dataset, panel.classes)
    let iou = minority.mean(.iou)
    let accuracy = minority.mean(.accuracy)
    let series = Self.ours(panel, table.rows.map(\.base), x: iou, y: accuracy)
    guard !series.isEmpty else { return nil }
    let quantities = (x: "average IoU of the minority", y: "average accuracy of the minority")
    caption =
      "\(panel.dataset.title): the paper's Table \(table.number), averages as printed"
      + (table.averagesItsColumns ? "" : " (they are not the mean of its printed columns)")
      + (table.misprinted.isEmpty ? "" : ", its headings read as under the table of the minority")
      + "; ours: mean of \(minority.averaged.map { panel.classes.names[$0] }.joined(separator: ", ")). "
      + Self.captions(panel, series)
    theirs = ScatterChart(
      slug: "\(panel.slug), paper",
      title: "paper, Table \(table.number): \(panel.dataset.title), \(table.backbone.title)",
      quantities: quantities,
      series: Self.theirs(
        table.rows.compactMap { row in
          guard let iou = row.iou.last, let accuracy = row.accuracy.last else { return nil }
          return (row.base, [Point(x: iou, y: accuracy)])
        }))
    ours = ScatterChart(
      slug: "\(panel.slug), ours", title: "ours: \(panel.title)", quantities: quantities,
      series: series, curves: CorrectionCurve.all(panel, x: iou, y: accuracy).map(\.drawn))
  }

  /// Mean accuracy against mean IoU.
  private init?(_ panel: Panel, _ points: PublishedPoints) {
    let series = Self.ours(panel, points.losses.map(\.base), x: .meanIoU, y: .meanAccuracy)
    guard !series.isEmpty else { return nil }
    caption =
      "\(panel.dataset.title): \(points.origin); ours: means over \(panel.classes.names.count) "
      + "classes. \(Self.captions(panel, series))"
    theirs = ScatterChart(
      slug: "\(panel.slug), \(points.slug), paper",
      title: "paper, \(points.source): \(panel.dataset.title), \(points.backbone.title)",
      quantities: Self.means,
      series: Self.theirs(
        points.losses.map { ($0.base, $0.runs.map { Point(x: $0.miou, y: $0.macc) }) },
        origin: points.mark))
    ours = ScatterChart(
      slug: "\(panel.slug), \(points.slug), ours", title: "ours, all classes: \(panel.title)",
      quantities: Self.means, series: series,
      curves: CorrectionCurve.all(panel).map(\.drawn))
  }

  private static let means = (x: "mean IoU", y: "mean accuracy")

  private static func captions(_ panel: Panel, _ series: [ScatterSeries]) -> String {
    zip(panel.settings, panel.captions).filter { setting, _ in
      series.contains { $0.row?.setting == setting }
    }.map(\.1).joined(separator: " ")
  }

  private static func theirs(
    _ losses: [(base: String, runs: [Point])], origin: String? = nil
  ) -> [ScatterSeries] {
    let styles = MarkerStyle.assign(losses.map { LossName(notation: $0.base) })
    return zip(losses, styles).compactMap { loss, style in
      guard let x = Statistic(loss.runs.map(\.x)), let y = Statistic(loss.runs.map(\.y)) else {
        return nil
      }
      var series = ScatterSeries(
        row: nil, name: loss.base,
        label: LossName(notation: loss.base).title(withParameters: false), style: style,
        mean: Point(x: x.mean, y: y.mean),
        seeds: loss.runs.enumerated().map { (UInt64($0.offset), $0.element) },
        isFocal: loss.base == "focal")
      if let origin { series.origin = origin }
      return series
    }
  }

  /// These losses in the variant and parameters that come first.
  private static func ours(
    _ panel: Panel, _ bases: [String], x score: ClassMean, y other: ClassMean
  ) -> [ScatterSeries] {
    bases.compactMap { base -> ScatterSeries? in
      guard let row = panel.rows.first(where: { $0.loss.base == base && !$0.runs.isEmpty }),
        let style = MarkerStyle.assign([row.loss]).first
      else { return nil }
      let seeds = row.runs.compactMap { run -> (seed: UInt64, point: Point)? in
        guard let x = score(run.confusion), let y = other(run.confusion) else { return nil }
        return (run.configuration.seed, Point(x: 100 * x, y: 100 * y))
      }
      guard let x = Statistic(seeds.map(\.point.x)), let y = Statistic(seeds.map(\.point.y)) else {
        return nil
      }
      return ScatterSeries(
        row: row, name: panel.label(row), label: row.loss.title(withParameters: false),
        style: style,
        mean: Point(x: x.mean, y: y.mean), seeds: seeds, isFocal: base == "focal")
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
      + (pairs.contains { !$0.ours.curves.isEmpty }
        ? "Gray line: CE with its prior corrected after training. " : "")
      + "Dashed: level of Focal. Pale line: Pareto front. Axes differ between left and right."
    return ScatterLayout(
      title: "The paper's figures and ours, \(profile)",
      rows: pairs.map { [$0.theirs, $0.ours] }, captions: pairs.map(\.caption) + [legend])
  }
}
