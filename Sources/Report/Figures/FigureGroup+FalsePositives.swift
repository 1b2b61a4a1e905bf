extension FigureGroup {
  /// False positives of the training batches over training: their share of all pixels, and that of
  /// the minority classes. Nil where no run recorded them.
  static func falsePositives(_ grid: Grid) -> FigureGroup? {
    FigureGroup(
      anchor: "false-positives", title: "False positives over training",
      caption:
        "Section III-C of the paper: pixels of a training batch that are predicted as a class to "
        + "which they do not belong. Means over seeds, smoothed over nine entries of the "
        + "history; the minority classes on a logarithmic scale.",
      figures: grid.panels.compactMap(falsePositives))
  }

  private static func falsePositives(_ panel: Panel) -> Figure? {
    let rows = panel.rows.filter { row in
      row.runs.contains { $0.history.contains { $0.falsePositives != nil } }
    }
    guard !rows.isEmpty else { return nil }
    let all = Set(panel.classes.names.indices)
    let minority = Set(panel.classes.minority)
    let counted = rows.map { row in
      // A logarithmic scale has no place for zero.
      (row, smoothed(row, all), smoothed(row, minority).filter { $0.y > 0 })
    }
    var charts = [
      LinePlot.Chart(
        title: "false positives of all classes (the error rate)", yTitle: "% of the valid pixels",
        scale: .fromZero)
    ]
    if counted.contains(where: { !$0.2.isEmpty }) {
      charts.append(
        LinePlot.Chart(
          title: "false positives of the minority classes", yTitle: "% of the valid pixels",
          scale: .logarithmic))
    }
    let lines = counted.flatMap { row, all, minority in
      [all, minority].prefix(charts.count).enumerated().map { chart, points in
        let style = panel.style(row)
        return LinePlot.Line(
          chart: chart, points: points, decimals: 4, color: style.color, shape: style.shape,
          name: panel.shortName(row.loss), comment: row.loss.notation)
      }
    }.filter { !$0.points.isEmpty }
    return Figure(
      slug: "\(panel.slug)-false-positives", title: panel.title,
      plot: LinePlot(
        heading: panel.title, charts: charts, columns: charts.count, lines: lines,
        size: (1500, 620), margins: "0.06,0.78,0.13,0.85 spacing 0.07", key: 0.795))
  }

  /// The share summed over these classes in percent, mean over seeds and up to nine entries.
  private static func smoothed(_ row: GridRow, _ counted: Set<Int>) -> [Point] {
    var sums: [Int: [Double]] = [:]
    for entry in row.runs.flatMap(\.history) {
      guard let shares = entry.falsePositives else { continue }
      sums[entry.iteration, default: []].append(
        shares.enumerated().reduce(0) { $0 + (counted.contains($1.offset) ? $1.element : 0) })
    }
    let entries = sums.sorted { $0.key < $1.key }
    return zip(entries, Report.smoothed(entries.map { Statistic($0.value)?.mean }))
      .compactMap { entry, share in share.map { Point(x: Double(entry.key), y: 100 * $0) } }
  }
}
