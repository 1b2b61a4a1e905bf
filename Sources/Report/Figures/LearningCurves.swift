import Files

/// Training loss of a panel's losses and, where it was looked at, mean IoU of the validation split,
/// as means over seeds with bands: print has a chart for each loss, the page also one of all
/// validation curves.
struct LearningCurves: Artifact {
  struct Run {
    let seed: UInt64
    let loss: [Point]
    /// Percent.
    let validation: [Point]
  }

  /// One loss in one setting.
  struct Row {
    let label: String
    let markedLabel: String
    let style: MarkerStyle
    let runs: [Run]
    let loss: SeedBand
    /// Percent.
    let validation: SeedBand

    init(_ row: GridRow, style: MarkerStyle, _ panel: Panel) {
      (label, markedLabel, self.style) = (panel.label(row), panel.markedLabel(row), style)
      runs = row.runs.map { run in
        Run(
          seed: run.configuration.seed,
          loss: run.history.map { Point(x: Double($0.iteration), y: $0.loss) },
          validation: run.history.compactMap { entry in
            entry.validationMeanIoU.map { Point(x: Double(entry.iteration), y: 100 * $0) }
          })
      }
      (loss, validation) = (SeedBand(runs.map(\.loss)), SeedBand(runs.map(\.validation)))
    }
  }

  let slug: String
  let title: String
  private let note: String
  /// Those with a history.
  let rows: [Row]

  /// nil if no run has a history.
  /// - Parameter note: after the caption.
  init?(_ panel: Panel, note: String) {
    let styles = MarkerStyle.assign(panel.rows.map(\.loss))
    rows = zip(panel.rows, styles).map { Row($0, style: $1, panel) }.filter { !$0.loss.isEmpty }
    guard !rows.isEmpty else { return nil }
    (slug, title, self.note) = (panel.slug, panel.title, note)
  }

  var files: [ReportFile] { printed.files }
  var markdown: String? { printed.markdown }

  /// What lines and bands are.
  var legend: String { SeedBand.legend(rows.map(\.loss)) }

  private var printed: Figure {
    let columns = min(4, rows.count)
    let lines = rows.enumerated().flatMap { chart, row in
      let loss = LinePlot.Line(
        chart: chart, points: row.loss.mean, decimals: 6, color: row.style.color, width: 1.5,
        band: row.loss.band)
      let validation = LinePlot.Line(
        chart: chart, points: row.validation.mean, decimals: 3, color: "777777", width: 1.5,
        isOnRightAxis: true, band: row.validation.band)
      return row.validation.isEmpty ? [loss] : [loss, validation]
    }
    let last = lines.flatMap(\.points).map(\.x).max() ?? 4
    let ticks = PlotAxis("iteration", from: 0, to: last).ticks
    return Figure(
      slug: "\(slug)-curves", title: "Learning curves, \(title)",
      caption:
        "Learning curves, \(title): the training loss of each loss on its own scale; dashed gray, "
        + "where recorded: mean IoU on the validation split. \(legend)\(note)",
      plot: LinePlot(
        heading: title,
        charts: rows.map { row in
          LinePlot.Chart(
            title: row.markedLabel, yTitle: "training loss",
            rightTitle: row.validation.isEmpty ? nil : "validation mean IoU (%)")
        }, columns: columns, lines: lines,
        size: (460 * columns, 60 + 330 * ((rows.count + columns - 1) / columns)),
        tickStep: ticks.count > 1 ? max(1, Int(ticks[1])) : nil))
  }
}
