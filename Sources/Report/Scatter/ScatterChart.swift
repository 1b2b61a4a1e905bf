/// One chart of a scatter figure as data. Print (`ScatterLayout`) and page (`ScatterPlot`) draw it,
/// each in its own way.
struct ScatterChart {
  /// For comments in the data, and anchors.
  let slug: String
  let title: String
  /// Of the axes, without the unit.
  var quantities = (x: "mean IoU", y: "mean accuracy")
  let series: [ScatterSeries]
  /// All losses in the order of tables, those without a finished run included.
  let losses: [String]
  /// What cross-entropy reaches by correcting its prior.
  var curves: [CorrectionCurve] = []
  /// Notations of the losses that are ringed.
  var highlighted: Set<String> = []
  /// Percent: the ranges of the axes, where several charts share them; nil: the chart's own.
  private var sharedRange: Box?

  /// Mean accuracy against mean IoU.
  init(_ panel: Panel) {
    (slug, title) = (panel.slug, panel.title)
    series = ScatterSeries.of(panel)
    losses = panel.rows.map { panel.label($0) }
    curves = CorrectionCurve.all(panel).map(\.drawn)
  }

  /// What is labeled: the losses, then the ends of the curves.
  var labeled: [(text: String, anchor: Point)] {
    series.map { ($0.label, $0.mean) }
      + curves.compactMap { curve in
        curve.mean.last.map { (curve.label, $0) }
      }
  }

  /// The Pareto front, curves with their bands, and the lines from means to seeds.
  var lines: [Segment] {
    let front = ScatterSeries.front(series).map(\.mean)
    return zip(front, front.dropFirst()).map { Segment(from: $0, to: $1) }
      + curves.flatMap { $0.segments + $0.bandSegments }
      + series.filter { $0.seeds.count > 1 }.flatMap { one in
        one.seeds.map { Segment(from: one.mean, to: $0.point) }
      }
  }

  init(
    slug: String, title: String, quantities: (x: String, y: String), series: [ScatterSeries],
    curves: [CorrectionCurve] = []
  ) {
    self.curves = curves
    (self.slug, self.title, self.quantities) = (slug, title, quantities)
    (self.series, losses) = (series, series.map(\.name))
  }

  /// A chart for each panel. Those of one data set share their axes where each still fills at least
  /// half of them.
  static func all(_ grid: Grid) -> [ScatterChart] {
    let charts = grid.panels.map(ScatterChart.init)
    return zip(grid.panels, charts).map { panel, chart in
      let ofDataset = zip(grid.panels, charts).filter {
        $0.0.dataset == panel.dataset && !$0.1.series.isEmpty
      }.map(\.1)
      var chart = chart
      if ofDataset.count > 1 { chart.sharedRange = shared(ofDataset) }
      return chart
    }
  }

  /// What the caption says of the axes; nil where no data set has several panels.
  static func axesStatement(_ grid: Grid) -> String? {
    let charts = zip(grid.panels, all(grid)).filter { !$0.1.series.isEmpty }
    let several = grid.datasets.filter { name in charts.count { $0.0.dataset == name } > 1 }
    guard !several.isEmpty else { return nil }
    let apart = several.filter { name in
      charts.contains { $0.0.dataset == name && $0.1.sharedRange == nil }
    }
    if apart.isEmpty { return "Panels of one data set share their axes." }
    return "Axes differ between the panels of \(apart.map(\.title).joined(separator: ", "))."
  }

  private static func shared(_ charts: [ScatterChart]) -> Box? {
    let union = range(charts)
    let fits = charts.map { range([$0]) }.allSatisfy { own in
      2 * (own.maxX - own.minX) >= union.maxX - union.minX
        && 2 * (own.maxY - own.minY) >= union.maxY - union.minY
    }
    return fits ? union : nil
  }

  /// Of the axes, percent.
  var range: Box { sharedRange ?? Self.range([self]) }

  /// All that is drawn with a margin, at least two points wide, within 0...100 percent.
  private static func range(_ charts: [ScatterChart]) -> Box {
    let points = charts.flatMap { chart in
      chart.series.flatMap(\.extent) + chart.curves.flatMap { $0.mean + $0.band }
    }
    func padded(_ values: [Double]) -> (Double, Double) {
      guard let low = values.min(), let high = values.max() else { return (0, 100) }
      let half = max(high - low, 2) / 2 * 1.36
      let middle = (low + high) / 2
      return (max(0, middle - half), min(100, middle + half))
    }
    let (x, y) = (padded(points.map(\.x)), padded(points.map(\.y)))
    return Box(minX: x.0, minY: y.0, maxX: x.1, maxY: y.1)
  }
}
