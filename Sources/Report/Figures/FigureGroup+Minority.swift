import Metrics

extension FigureGroup {
  /// The minority tables (the paper's Tables II and III) as pictures, such as for a slide.
  /// - Parameter note: on the choice of the runs; may be empty.
  static func minority(_ grid: Grid, note: String) -> FigureGroup? {
    FigureGroup(
      anchor: "minority", title: "Minority classes",
      caption:
        "Accuracy and IoU of the minority classes in percent, means over the seeds, and on the right "
        + "their average; the fuller the shade, the higher. The tables below also have the spread over "
        + "the seeds and the paper's numbers, where there are any.",
      figures: grid.panels.compactMap { minority($0, note) }
    )?.noting(note)
  }

  private static func minority(_ panel: Panel, _ note: String) -> Figure? {
    let minority = MinorityClasses(panel.dataset, panel.classes)
    let rows = panel.rows.filter { !$0.runs.isEmpty }
    guard !rows.isEmpty, !minority.listed.isEmpty else { return nil }
    let settings = panel.settings.filter { setting in rows.contains { $0.setting == setting } }
    return Figure(
      slug: "\(panel.slug)-minority", title: panel.title, detail: minority.statement,
      plot: ScoreGridPlot(
        heading: "\(panel.title): minority classes", rows: rows.map(panel.shortName),
        columns: minority.listed.map { panel.classes.names[$0] } + [minority.averageTitle],
        parts: Metric.ofPaper.map { metric in
          ScoreGridPlot.Part(
            title: "\(metric.title.capitalizedFirst) (%)",
            values: rows.map { minority.percentages(metric, $0).map { $0?.mean } })
        },
        captions: settings.map(panel.caption)
          + [[minority.statement, seeds(rows), note].filter { !$0.isEmpty }.joined(separator: " ")])
    )
  }

  /// What the numbers are of.
  private static func seeds(_ rows: [GridRow]) -> String {
    rows.contains { $0.runs.count > 1 } ? "Means over the seeds." : "One seed, no verdict."
  }
}
