extension Figure {
  /// False positives of the training batches over training: their share of all pixels, and that of
  /// the minority classes. Nil where no run recorded them.
  static func falsePositives(_ panel: Panel) -> Figure? {
    let rows = panel.rows.filter { row in
      row.runs.contains { $0.history.contains { $0.falsePositives != nil } }
    }
    guard !rows.isEmpty else { return nil }
    let styles = MarkerStyle.assign(rows.map(\.loss))
    let counted = [Set(panel.classes.names.indices), Set(panel.classes.minority)]
    let lines = zip(rows, styles).flatMap { row, style in
      counted.enumerated().map { chart, classes in
        LinePlot.Line(
          chart: chart, points: smoothed(row, classes), decimals: 4, color: style.color,
          name: row.loss.base, comment: row.loss.notation)
      }
    }
    return Figure(
      slug: "\(panel.slug)-false-positives",
      title: "False positives over training, \(panel.title)",
      caption:
        "False positives over training (section III-C), \(panel.title): pixels of a training batch "
        + "that are predicted as a class they are not of. Means over seeds, smoothed over nine entries of "
        + "the history; those of the minority on a logarithmic scale.",
      plot: LinePlot(
        heading: panel.title,
        charts: [
          LinePlot.Chart(
            title: "false positives of all classes (the error rate)",
            yTitle: "% of the valid pixels", scale: .fromZero),
          LinePlot.Chart(
            title: "false positives of the minority classes", yTitle: "% of the valid pixels",
            scale: .logarithmic),
        ], columns: 2, lines: lines, size: (1500, 620), margins: "0.06,0.78,0.13,0.85 spacing 0.07",
        key: 0.795))
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
