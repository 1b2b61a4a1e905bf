import Metrics

extension FigureGroup {
  /// Performance profiles over all panels: for every score, the share of a loss's runs above it. Nil
  /// where there is nothing to aggregate.
  static func profiles(_ grid: Grid) -> FigureGroup? {
    guard let aggregates = Aggregates(grid) else { return nil }
    let metrics = Metric.ofPaper
    let panel = aggregates.panels[0]
    let styles = aggregates.losses.map { panel.style($0, in: panel.settings[0]) }
    let lines = metrics.enumerated().flatMap { chart, metric in
      zip(aggregates.losses, styles).compactMap { loss, style -> LinePlot.Line? in
        let scores = aggregates.scores(metric, of: loss)?.scores.flatMap(\.self)
        return scores.map {
          LinePlot.Line(
            chart: chart, points: profile($0), decimals: 3, color: style.color, shape: style.shape,
            name: panel.shortName(loss), comment: "\(loss.notation), mean \(metric.title)")
        }
      }
    }
    let title = "Performance profiles"
    let figure = Figure(
      slug: "profiles", title: "\(aggregates.panels.count) panels",
      plot: LinePlot(
        heading: "\(title) over \(aggregates.panels.count) panels",
        charts: metrics.map {
          LinePlot.Chart(
            title: ClassMean($0).title, yTitle: "% of the runs above", scale: .fromZero)
        }, columns: metrics.count, lines: lines, size: (1500, 620),
        margins: "0.06,0.78,0.13,0.85 spacing 0.07", key: 0.795, xTitle: "score (%)",
        xDecimals: 2))
    return FigureGroup(
      anchor: "profiles", title: title,
      caption: "The share of a loss's runs above each score; further right is better. "
        + aggregates.caption,
      figures: [figure])
  }

  /// A step down at each score, from all runs to none; percent.
  private static func profile(_ scores: [Double]) -> [Point] {
    let sorted = scores.sorted().map { 100 * $0 }
    let count = Double(sorted.count)
    let steps = sorted.enumerated().flatMap { index, score in
      [index, index + 1].map { Point(x: score, y: 100 * (count - Double($0)) / count) }
    }
    return [Point(x: 0, y: 100)] + steps
  }
}
