import Metrics

extension FigureGroup {
  /// The minority tables (the paper's Tables II and III) as pictures, such as for a slide.
  static func minority(_ grid: Grid) -> FigureGroup? {
    FigureGroup(
      anchor: "minority", title: "Minority classes",
      caption:
        "Accuracy and IoU of the minority classes in percent, means over the seeds, and on the right "
        + "their average; the fuller the shade, the higher. The tables below have the spread over the seeds and "
        + "the paper's numbers.",
      figures: grid.panels.compactMap(minority))
  }

  private static func minority(_ panel: Panel) -> Figure? {
    let minority = MinorityClasses(panel.dataset, panel.classes)
    let rows = panel.rows.filter { !$0.runs.isEmpty }
    guard !rows.isEmpty, !minority.listed.isEmpty else { return nil }
    return Figure(
      slug: "\(panel.slug)-minority", title: panel.title, detail: minority.statement,
      plot: ScoreGridPlot(
        heading: "\(panel.title): minority classes",
        rows: rows.map(panel.shortName),
        columns: minority.listed.map { panel.classes.names[$0] } + ["average"],
        parts: Metric.ofPaper.map { metric in
          ScoreGridPlot.Part(
            title: "\(metric.title.capitalizedFirst) (%)",
            values: rows.map { minority.percentages(metric, $0).map { $0?.mean } })
        }, captions: panel.captions + [minority.statement]))
  }
}
