import Files

/// Training loss of every panel's losses and, where it was looked at, mean IoU of the validation
/// split, as means over seeds with bands: all losses of a panel in one chart each.
struct LearningCurves: Artifact {
  struct Run {
    let seed: UInt64
    let loss: [Point]
    /// Percent.
    let validation: [Point]

    init(_ run: ReportedRun) {
      seed = run.configuration.seed
      loss = run.history.map { Point(x: Double($0.iteration), y: $0.loss) }
      validation = run.history.compactMap { entry in
        entry.validationMeanIoU.map { Point(x: Double(entry.iteration), y: 100 * $0) }
      }
    }

    /// Percent of the first value, smoothed over nine entries: what losses of different scales have in
    /// common. Empty where the first value is not positive.
    fileprivate var relativeLoss: [Point] {
      let finite = loss.filter(\.y.isFinite)
      guard let first = finite.first?.y, first > 0 else { return [] }
      return zip(finite, Report.smoothed(finite.map(\.y))).compactMap { point, value in
        value.map { Point(x: point.x, y: 100 * $0 / first) }
      }
    }
  }

  /// One loss in one setting.
  struct Row {
    let label: String
    let style: MarkerStyle
    let runs: [Run]
    let loss: SeedBand
    let relativeLoss: SeedBand
    /// Percent.
    let validation: SeedBand

    init(_ row: GridRow, _ panel: Panel) {
      let letter = panel.letter(row.setting)
      label = panel.shortName(row.loss) + (letter.isEmpty ? "" : " [\(letter)]")
      style = panel.style(row)
      let runs = row.runs.map(Run.init)
      (self.runs, loss) = (runs, SeedBand(runs.map(\.loss)))
      relativeLoss = SeedBand(runs.map(\.relativeLoss))
      validation = SeedBand(runs.map(\.validation))
    }
  }

  struct Curves {
    let slug: String
    let title: String
    /// Those with a history.
    let rows: [Row]
  }

  static let validationTitle = "mean IoU of the validation split"
  static let relativeTitle = "training loss, percent of its first value"

  let panels: [Curves]
  let caption: String

  /// nil if no run has a history.
  /// - Parameter note: after the caption.
  init?(_ grid: Grid, note: String) {
    panels = grid.panels.map { panel in
      Curves(
        slug: panel.slug, title: panel.title,
        rows: panel.rows.map { Row($0, panel) }.filter { !$0.loss.isEmpty })
    }.filter { !$0.rows.isEmpty }
    guard !panels.isEmpty else { return nil }
    caption =
      "Mean IoU of the validation split over training, where recorded, and the training loss in percent "
      + "of its first value, smoothed over nine entries of the history: each loss has its own "
      + "scale. "
      + SeedBand.legend(panels.flatMap(\.rows).map(\.loss)) + (note.isEmpty ? "" : " \(note)")
  }

  var files: [ReportFile] { printed?.files ?? [] }
  var markdown: String? { printed?.markdown }

  private var printed: FigureGroup? {
    FigureGroup(
      anchor: "curves", title: "Learning curves", caption: caption, figures: panels.map(\.figure))
  }
}

extension LearningCurves.Curves {
  fileprivate var figure: Figure {
    let hasValidation = rows.contains { !$0.validation.isEmpty }
    let titles =
      (hasValidation ? [LearningCurves.validationTitle] : []) + [LearningCurves.relativeTitle]
    let lines = rows.flatMap { row in
      let curves = (hasValidation ? [row.validation] : []) + [row.relativeLoss]
      return curves.enumerated().filter { !$0.element.isEmpty }.map { chart, curve in
        LinePlot.Line(
          chart: chart, points: curve.mean, decimals: 3, color: row.style.color,
          shape: row.style.shape, width: 1.5, name: row.label,
          comment: "\(row.label), \(titles[chart])", band: curve.band)
      }
    }
    let last = lines.flatMap(\.points).map(\.x).max() ?? 4
    let ticks = PlotAxis("iteration", from: 0, to: last).ticks
    return Figure(
      slug: "\(slug)-curves", title: title,
      plot: LinePlot(
        heading: title, charts: titles.map { LinePlot.Chart(title: $0, yTitle: "%") },
        columns: titles.count, lines: lines, size: (750 * titles.count, 620),
        margins: "\(titles.count == 1 ? "0.09,0.70" : "0.06,0.80"),0.13,0.85 spacing 0.07",
        key: titles.count == 1 ? 0.73 : 0.815,
        tickStep: ticks.count > 1 ? max(1, Int(ticks[1])) : nil
      ))
  }
}
