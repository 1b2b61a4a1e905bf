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

  init(
    slug: String, title: String, quantities: (x: String, y: String), series: [ScatterSeries],
    curves: [CorrectionCurve] = []
  ) {
    self.curves = curves
    (self.slug, self.title, self.quantities) = (slug, title, quantities)
    (self.series, losses) = (series, series.map(\.name))
  }
}
