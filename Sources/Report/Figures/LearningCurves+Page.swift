import Files

extension LearningCurves {
  func section(_ pictures: PagePictures) -> PageSection? {
    PageSection(
      anchor: "curves", title: "Learning curves",
      body: """
        <p>The scale of a loss is its own: heights compare within a plot, not between losses.</p>
        """,
      parts: [PageSection.Part(anchor: "curves-\(slug)", title: title, body: charts)])
  }

  private var charts: HTML {
    """
    <p>\(legend)</p>
    \(validationChart)<div class="multiples">
    \(rows.map(trainingLoss).joined("\n"))
    </div>
    """
  }

  private var validationChart: HTML {
    let lines = rows.compactMap(validation)
    guard !lines.isEmpty else { return .empty }
    var chart = LineChart(
      name: "Mean IoU of the validation split over training, \(title)",
      yTitle: "validation mean IoU (%)", lines: lines)
    let longest = lines.compactMap { $0.label?.count }.max() ?? 0
    (chart.right, chart.hasMarks) = (24 + 7 * Double(min(longest, 22)), true)
    return """
      <figure>
      \(chart.svg)
      <figcaption>Mean IoU of the validation split over training. Point at a line, or step to it by the tabulator key, to read its numbers and those of its seeds.</figcaption>
      </figure>

      """
  }

  private func trainingLoss(_ row: Row) -> HTML {
    let course = row.runs.compactMap { run -> String? in
      guard let first = run.loss.first, let last = run.loss.last else { return nil }
      return "seed \(run.seed) from \(fixed(first.y, 3)) to \(fixed(last.y, 3))"
    }
    let words = course.joined(separator: ", ")
    var chart = LineChart(
      name: "Training loss of \(row.label) over training, \(title): \(words)", yTitle: "",
      lines: [LineChart.Line(points: row.loss.mean, style: row.style, band: row.loss.band)])
    (chart.width, chart.height, chart.xTitle, chart.ticks) = (300, 190, "", 3)
    return """
      <figure>
      \(chart.svg)
      <figcaption><b>\(row.label)</b>: training loss over iterations; \(words)</figcaption>
      </figure>
      """
  }

  private func validation(_ row: Row) -> LineChart.Line? {
    let seeds = row.runs.compactMap { run -> String? in
      guard let best = run.validation.max(by: { $0.y < $1.y }), let last = run.validation.last
      else { return nil }
      return "seed \(run.seed)\n"
        + "best \(fixed(best.y, 2)) % at iteration \(fixed(best.x, 0))\n"
        + "last \(fixed(last.y, 2)) % at iteration \(fixed(last.x, 0))"
    }
    guard !row.validation.isEmpty else { return nil }
    return LineChart.Line(
      points: row.validation.mean, style: row.style,
      tip: ([row.label] + seeds).joined(separator: "\n"), label: row.label,
      band: row.validation.band)
  }
}
