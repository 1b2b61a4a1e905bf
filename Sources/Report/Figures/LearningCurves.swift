import Files

/// Training loss of every run of a panel and, where it was looked at, mean IoU of the validation
/// split: print has a chart for each loss, the page also one of all validation curves.
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

    var hasValidation: Bool { runs.contains { !$0.validation.isEmpty } }
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
    rows = zip(panel.rows, styles).compactMap { row, style in
      let runs = row.runs.map { run in
        Run(
          seed: run.configuration.seed,
          loss: run.history.map { Point(x: Double($0.iteration), y: $0.loss) },
          validation: run.history.compactMap { entry in
            entry.validationMeanIoU.map { Point(x: Double(entry.iteration), y: 100 * $0) }
          })
      }
      guard runs.contains(where: { !$0.loss.isEmpty }) else { return nil }
      return Row(
        label: panel.label(row), markedLabel: panel.markedLabel(row), style: style, runs: runs)
    }
    guard !rows.isEmpty else { return nil }
    (slug, title, self.note) = (panel.slug, panel.title, note)
  }

  var files: [ReportFile] { printed.files }
  var markdown: String? { printed.markdown }

  private var printed: Figure {
    let columns = min(4, rows.count)
    let lines = rows.enumerated().flatMap { chart, row in
      row.runs.flatMap { run in
        let loss = LinePlot.Line(
          chart: chart, points: run.loss, decimals: 6, color: row.style.color, width: 1.5)
        let validation = LinePlot.Line(
          chart: chart, points: run.validation, decimals: 3, color: "777777", width: 1.5,
          isOnRightAxis: true)
        return row.hasValidation ? [loss, validation] : [loss]
      }
    }
    let last = lines.flatMap(\.points).map(\.x).max() ?? 4
    return Figure(
      slug: "\(slug)-curves", title: "Learning curves, \(title)",
      caption:
        "Learning curves, \(title): the training loss of each loss on its own scale, one "
        + "line a seed; dashed gray, where recorded: mean IoU on the validation split."
        + note,
      plot: LinePlot(
        heading: title,
        charts: rows.map { row in
          LinePlot.Chart(
            title: row.markedLabel, yTitle: "training loss",
            rightTitle: row.hasValidation ? "validation mean IoU (%)" : nil)
        }, columns: columns, lines: lines,
        size: (460 * columns, 60 + 330 * ((rows.count + columns - 1) / columns)),
        tickStep: max(1, Int(last) / 4)))
  }
}
