import Files

extension PageSection {
  /// Training loss, and mean IoU of the validation split where it was looked at; nil where no run
  /// has a history.
  static func curves(_ grid: Grid) -> PageSection? {
    let parts = grid.panels.compactMap(curves)
    guard !parts.isEmpty else { return nil }
    return PageSection(
      anchor: "curves", title: "Learning curves",
      body: """
        <p>A line for each seed. The scale of a loss is its own: heights compare within a plot, not between losses.</p>
        """, parts: parts)
  }

  private static func curves(_ panel: GridPanel) -> Part? {
    let rows = zip(panel.rows, MarkerStyle.assign(panel.rows.map(\.loss)))
    let plots = rows.compactMap { row, style in trainingLoss(panel, row, style) }
    guard !plots.isEmpty else { return nil }
    let looked = rows.flatMap { row, style in validation(panel, row, style) }
    var body: HTML = .empty
    if !looked.isEmpty {
      var chart = LineChart(
        name: "Mean IoU of the validation split over training, \(panel.title)",
        yTitle: "validation mean IoU (%)", lines: looked)
      let longest = looked.compactMap { $0.label?.count }.max() ?? 0
      (chart.right, chart.hasMarks) = (24 + 7 * Double(min(longest, 22)), true)
      body += """
        <figure>
        \(chart.svg)
        <figcaption>Mean IoU of the validation split over training. Point at a line, or step to it by the tabulator key, to read its numbers.</figcaption>
        </figure>

        """
    }
    body += """
      <div class="multiples">
      \(plots.joined("\n"))
      </div>
      """
    return Part(anchor: "curves-\(panel.panel.slug)", title: panel.title, body: body)
  }

  private static func trainingLoss(
    _ panel: GridPanel, _ row: GridRow, _ style: MarkerStyle
  ) -> HTML? {
    let lines = row.runs.map { run in
      LineChart.Line(
        points: run.history.map { Point(x: Double($0.iteration), y: $0.loss) }, style: style)
    }
    var chart = LineChart(name: "", yTitle: "", lines: lines)
    guard !chart.lines.isEmpty else { return nil }
    let label = panel.label(row)
    let course = row.runs.compactMap { run -> String? in
      guard let first = run.history.first, let last = run.history.last else { return nil }
      return "seed \(run.configuration.seed) from \(fixed(first.loss, 3)) to \(fixed(last.loss, 3))"
    }
    let words = course.joined(separator: ", ")
    chart = LineChart(
      name: "Training loss of \(label) over training, \(panel.title): \(words)", yTitle: "",
      lines: lines)
    (chart.width, chart.height, chart.xTitle, chart.ticks) = (300, 190, "", 3)
    return """
      <figure>
      \(chart.svg)
      <figcaption><b>\(label)</b>: training loss over iterations; \(words)</figcaption>
      </figure>
      """
  }

  private static func validation(
    _ panel: GridPanel, _ row: GridRow, _ style: MarkerStyle
  ) -> [LineChart.Line] {
    let lines = row.runs.compactMap { run -> LineChart.Line? in
      let looks = run.history.compactMap { entry in
        entry.validationMeanIoU.map { Point(x: Double(entry.iteration), y: 100 * $0) }
      }
      guard let best = looks.max(by: { $0.y < $1.y }), let last = looks.last else { return nil }
      let tip = [
        panel.label(row), "seed \(run.configuration.seed)",
        "best \(fixed(best.y, 2)) % at iteration \(fixed(best.x, 0))",
        "last \(fixed(last.y, 2)) % at iteration \(fixed(last.x, 0))",
      ]
      return LineChart.Line(points: looks, style: style, tip: tip.joined(separator: "\n"))
    }
    // One label for the loss, at its first seed.
    return lines.enumerated().map { index, line in
      var line = line
      line.label = index == 0 ? panel.label(row) : nil
      return line
    }
  }
}
