import Files

extension Figure {
  /// False positives of the training batches over training: their share of all pixels, and that of
  /// the minority classes. Nil where no run recorded them.
  static func falsePositives(_ panel: GridPanel) -> Figure? {
    let rows = panel.rows.filter { row in
      row.runs.contains { $0.history.contains { $0.falsePositives != nil } }
    }
    guard !rows.isEmpty else { return nil }
    let slug = "\(panel.panel.slug)-false-positives"
    let styles = MarkerStyle.assign(rows.map(\.loss))
    let minority = Set(panel.classes.minority)
    var (blocks, plots): ([[String]], [[String]]) = ([], [[], []])
    for (row, style) in zip(rows, styles) {
      for (part, counted) in [Set(panel.classes.names.indices), minority].enumerated() {
        plots[part].append(
          "'\(slug).dat' index \(blocks.count) using 1:2 with lines lw 2 lc rgb '#\(style.color)' title "
            + gnuplotQuoted(row.loss.base))
        blocks.append(
          ["# \(row.loss.notation)"]
            + smoothed(row, counted).map { "\($0.iteration) \(fixed(100 * $0.share, 4))" })
      }
    }
    var commands = [
      "set multiplot layout 1,2 title \(gnuplotQuoted(panel.title)) font 'sans-serif,20' "
        + "margins 0.06,0.78,0.13,0.85 spacing 0.07",
      "set xlabel 'iteration'", "set ylabel '% of the valid pixels'", "set yrange [0:*]",
    ]
    for (part, title) in ["of all classes (the error rate)", "of the minority classes"].enumerated()
    {
      commands.append("set title \(gnuplotQuoted("false positives " + title))")
      if part == 1 {
        commands += [
          "set key at screen 0.795,0.8 left top Left reverse", "set logscale y", "set yrange [*:*]",
        ]
      }
      commands.append("plot " + plots[part].joined(separator: ", \\\n  "))
    }
    commands.append("unset multiplot")
    return Figure(
      slug: slug, title: "False positives over training, \(panel.title)",
      caption:
        "False positives over training (section III-C), \(panel.title): pixels of a training batch "
        + "that are predicted as a class they are not of. Means over seeds, smoothed over nine entries of "
        + "the history; those of the minority on a logarithmic scale.",
      data: gnuplotBlocks(blocks), commands: commands, width: 1500, height: 620)
  }

  /// The share summed over these classes, mean over seeds and up to nine entries.
  private static func smoothed(
    _ row: GridRow, _ counted: Set<Int>
  ) -> [(iteration: Int, share: Double)] {
    var sums: [Int: [Double]] = [:]
    for entry in row.runs.flatMap(\.history) {
      guard let shares = entry.falsePositives else { continue }
      sums[entry.iteration, default: []].append(
        shares.enumerated().reduce(0) { $0 + (counted.contains($1.offset) ? $1.element : 0) })
    }
    let entries = sums.sorted { $0.key < $1.key }
    return zip(entries, Report.smoothed(entries.map { Statistic($0.value)?.mean }))
      .compactMap { entry, share in share.map { (entry.key, $0) } }
  }
}
