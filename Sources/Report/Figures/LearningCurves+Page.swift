import Files

extension LearningCurves {
  func section(_ pictures: PagePictures) -> PageSection? {
    PageSection(
      anchor: "curves", title: "Learning curves",
      body: paragraphs([
        caption,
        "Point at a validation curve, or move to it with the Tab key, to read its numbers and "
          + "those of its seeds.",
      ]),
      parts: panels.map {
        PageSection.Part(anchor: "curves-\($0.slug)", title: $0.title, body: $0.charts)
      })
  }
}

extension LearningCurves.Curves {
  fileprivate var charts: HTML {
    let each: HTML = """
      <div class="multiples">
      \(rows.map(trainingLoss).joined("\n"))
      </div>
      """
    return """
      <div class="pairs">
      \(validationChart)\(relativeChart)
      </div>
      \(folded("The training loss of each, on its own scale", each))
      """
  }

  private var validationChart: HTML {
    chart(LearningCurves.validationTitle, rows.compactMap(validation))
  }

  private var relativeChart: HTML {
    chart(
      LearningCurves.relativeTitle,
      rows.filter { !$0.relativeLoss.isEmpty }.map { row in
        LineChart.Line(
          points: LinePlot.thinned(row.relativeLoss.mean), style: row.style, label: row.label,
          band: LinePlot.thinned(row.relativeLoss.band))
      })
  }

  private func chart(_ name: String, _ lines: [LineChart.Line]) -> HTML {
    guard !lines.isEmpty else { return .empty }
    var chart = LineChart(
      name: "\(name.capitalizedFirst) over training, \(title)", yTitle: "%", lines: lines)
    let longest = lines.compactMap { $0.label?.count }.max() ?? 0
    (chart.right, chart.hasMarks) = (24 + 7 * Double(min(longest, 22)), true)
    return """
      <figure>
      \(chart.svg)
      <figcaption>\(name.capitalizedFirst)</figcaption>
      </figure>

      """
  }

  private func trainingLoss(_ row: LearningCurves.Row) -> HTML {
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
      <figcaption><b>\(row.label)</b>: \(words)</figcaption>
      </figure>
      """
  }

  private func validation(_ row: LearningCurves.Row) -> LineChart.Line? {
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
