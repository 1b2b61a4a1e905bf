import Experiments
import Files

extension Figure {
  /// The paper's Fig. 4: each class's share of the focal weights and of the recall weights over
  /// training, and the ratio of the shares. Nil without runs of both losses that recorded them.
  static func weights(_ panel: GridPanel) -> Figure? {
    guard let focal = shares(panel, "focal"), let recall = shares(panel, "recall") else {
      return nil
    }
    let ratio = ratios(recall, focal)
    let minority = panel.classes.minority
    let names = panel.classes.names
    // Minority classes in colour and named; the others grey, behind them.
    let order = names.indices.filter { !minority.contains($0) } + minority
    var blocks: [[String]] = []
    var plots: [[String]] = []
    for series in [focal, recall, ratio] {
      var lines: [String] = []
      for c in order where series.contains(where: { $0.values[c] != nil }) {
        let index = blocks.count
        blocks.append(
          ["# \(names[c])"]
            + smoothed(series, c).map { "\($0.iteration) \(fixed($0.value, 5))" })
        let color = minority.firstIndex(of: c).map { seriesColors[$0 % seriesColors.count] }
        lines.append(
          "'\(slugOfWeights(panel)).dat' index \(index) using 1:2 with lines lw "
            + (color == nil
              ? "1 lc rgb '#BBBBBB' notitle"
              : "2.5 lc rgb '#\(color ?? "")' title "
                + gnuplotQuoted(names[c])))
      }
      plots.append(lines)
    }
    let titles = [
      "share of the focal weights", "share of the recall weights", "recall share / focal share",
    ]
    var commands = [
      "set multiplot layout 1,3 title \(gnuplotQuoted(panel.title)) font 'sans-serif,20' "
        + "margins 0.05,0.86,0.12,0.85 spacing 0.055",
      "set xlabel 'iteration'",
    ]
    for (index, (title, lines)) in zip(titles, plots).enumerated() {
      commands.append("set title \(gnuplotQuoted(title))")
      if index == 2 {
        commands += [
          "set key at screen 0.87,0.8 left top Left reverse", "set yrange [0:*]",
        ]
      }
      commands.append("plot " + lines.joined(separator: ", \\\n  "))
    }
    commands.append("unset multiplot")
    return Figure(
      slug: slugOfWeights(panel), title: "Class weights over training, \(panel.title)",
      caption:
        "Class weights over training (the paper's Fig. 4), \(panel.title): each class's share "
        + "of the focal weights in the runs with focal loss, of the recall weights in those with "
        + "recall loss, and the ratio of the shares. Means over seeds, smoothed over nine entries of the "
        + "history; classes other than the minority in grey.",
      data: gnuplotBlocks(blocks), commands: commands, width: 1800, height: 620)
  }

  private static func slugOfWeights(_ panel: GridPanel) -> String { "\(panel.panel.slug)-weights" }

  private struct Entry {
    let iteration: Int
    /// By class, nil where it did not occur.
    let values: [Double?]
  }

  /// Shares of the sum of all classes' weights, means over the seeds of the first setting's row.
  private static func shares(_ panel: GridPanel, _ base: String) -> [Entry]? {
    guard let row = panel.rows.first(where: { $0.loss.base == base && !$0.runs.isEmpty }) else {
      return nil
    }
    let histories = row.runs.map { run in
      run.history.compactMap { entry in entry.classWeights.map { (entry.iteration, $0) } }
    }
    guard let first = histories.first, !first.isEmpty else { return nil }
    return first.map { iteration, weights in
      let entries = histories.compactMap { history in
        history.first { $0.0 == iteration }?.1
      }
      let shares = entries.map { weights -> [Double?] in
        let sum = weights.compactMap(\.self).reduce(0, +)
        return weights.map { weight in weight.flatMap { sum > 0 ? $0 / sum : nil } }
      }
      return Entry(
        iteration: iteration,
        values: weights.indices.map { c in
          Statistic(shares.map { $0.indices.contains(c) ? $0[c] : nil })?.mean
        })
    }
  }

  private static func ratios(_ a: [Entry], _ b: [Entry]) -> [Entry] {
    a.compactMap { entry in
      guard let other = b.first(where: { $0.iteration == entry.iteration }) else { return nil }
      return Entry(
        iteration: entry.iteration,
        values: zip(entry.values, other.values).map { pair in
          guard let a = pair.0, let b = pair.1, a > 0, b > 0 else { return nil }
          return a / b
        })
    }
  }

  /// Of one class, each value the mean of up to nine entries around it.
  private static func smoothed(_ entries: [Entry], _ c: Int) -> [(iteration: Int, value: Double)] {
    zip(entries, Report.smoothed(entries.map { $0.values[c] })).compactMap { entry, value in
      value.map { (entry.iteration, $0) }
    }
  }
}
