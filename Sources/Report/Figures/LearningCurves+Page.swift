import Files

extension LearningCurves {
  func section(_ pictures: PagePictures) -> PageSection? {
    PageSection(
      anchor: "curves", title: "Learning curves",
      body: """
        <p>A line for each seed. The scale of a loss is its own: heights compare within a plot, not between losses.</p>
        """,
      parts: [PageSection.Part(anchor: "curves-\(slug)", title: title, body: charts)])
  }

  private var charts: HTML {
    """
    \(validationChart)<div class="multiples">
    \(rows.map(trainingLoss).joined("\n"))
    </div>
    """
  }

  private var validationChart: HTML {
    let lines = rows.flatMap(validation)
    guard !lines.isEmpty else { return .empty }
    var chart = LineChart(
      name: "Mean IoU of the validation split over training, \(title)",
      yTitle: "validation mean IoU (%)", lines: lines)
    let longest = lines.compactMap { $0.label?.count }.max() ?? 0
    (chart.right, chart.hasMarks) = (24 + 7 * Double(min(longest, 22)), true)
    return """
      <figure>
      \(chart.svg)
      <figcaption>Mean IoU of the validation split over training. Point at a line, or step to it by the tabulator key, to read its numbers.</figcaption>
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
      lines: row.runs.map { LineChart.Line(points: $0.loss, style: row.style) })
    (chart.width, chart.height, chart.xTitle, chart.ticks) = (300, 190, "", 3)
    return """
      <figure>
      \(chart.svg)
      <figcaption><b>\(row.label)</b>: training loss over iterations; \(words)</figcaption>
      </figure>
      """
  }

  private func validation(_ row: Row) -> [LineChart.Line] {
    let lines = row.runs.compactMap { run -> LineChart.Line? in
      guard let best = run.validation.max(by: { $0.y < $1.y }), let last = run.validation.last
      else { return nil }
      let tip = [
        row.label, "seed \(run.seed)",
        "best \(fixed(best.y, 2)) % at iteration \(fixed(best.x, 0))",
        "last \(fixed(last.y, 2)) % at iteration \(fixed(last.x, 0))",
      ]
      return LineChart.Line(
        points: run.validation, style: row.style, tip: tip.joined(separator: "\n"))
    }
    // One label for the loss, at its first seed.
    return lines.enumerated().map { index, line in
      var line = line
      line.label = index == 0 ? row.label : nil
      return line
    }
  }
}
