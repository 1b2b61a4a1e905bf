import Files

extension Figure {
  /// Training loss of every loss, and validation mean IoU where it was looked at, over training.
  static func curves(_ panel: GridPanel) -> Figure? {
    let rows = panel.rows.filter { row in row.runs.contains { !$0.history.isEmpty } }
    guard !rows.isEmpty else { return nil }
    let slug = "\(panel.panel.slug)-curves"
    let styles = MarkerStyle.assign(rows.map(\.loss))
    var blocks: [[String]] = []
    var commands: [String] = []
    let columns = min(4, rows.count)
    let lines = (rows.count + columns - 1) / columns
    commands += [
      "set multiplot layout \(lines),\(columns) title \(gnuplotQuoted(panel.title)) "
        + "font 'sans-serif,20'",
      "set xlabel 'iteration'",
      "set xtics \(max(1, (rows.flatMap(\.runs).flatMap(\.history).map(\.iteration).max() ?? 4) / 4))",
    ]
    for (row, style) in zip(rows, styles) {
      let histories = row.runs.map(\.history)
      let hasValidation = histories.joined().contains { $0.validationMeanIoU != nil }
      var plots: [String] = []
      for history in histories {
        plots.append(
          "'\(slug).dat' index \(blocks.count) using 1:2 with lines lw 1.5 lc rgb '#\(style.color)'"
        )
        blocks.append(history.map { "\($0.iteration) \(fixed($0.loss, 6))" })
        guard hasValidation else { continue }
        plots.append(
          "'\(slug).dat' index \(blocks.count) using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 "
            + "lw 1.5 dt 2 lc rgb '#777777'")
        blocks.append(
          history.compactMap { entry in
            entry.validationMeanIoU.map { "\(entry.iteration) \(fixed(100 * $0, 3))" }
          })
      }
      commands += [
        "set title \(gnuplotQuoted(panel.markedLabel(row)))", "set ylabel 'training loss'",
        hasValidation
          ? "set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]" : "unset y2tics",
        "plot " + plots.joined(separator: ", \\\n  "),
      ]
    }
    commands.append("unset multiplot")
    return Figure(
      slug: slug, title: "Learning curves, \(panel.title)",
      caption:
        "Learning curves, \(panel.title): the training loss of each loss on its own scale, one "
        + "line a seed; dashed grey, where recorded: mean IoU on the validation split.",
      data: gnuplotBlocks(blocks), commands: commands, width: 460 * columns,
      height: 60 + 330 * lines, isDrawnByPage: true)
  }
}
