import Experiments

extension Figure {
  /// The paper's Fig. 4: each class's share of the focal weights and of the recall weights over
  /// training, and the ratio of the shares. Nil without runs of both losses that recorded them.
  static func weights(_ panel: Panel) -> Figure? {
    guard let focal = shares(panel, "focal"), let recall = shares(panel, "recall") else {
      return nil
    }
    let ratio = ratios(recall, focal)
    let minority = panel.classes.minority
    let names = panel.classes.names
    // Minority classes in color and named; the others gray, behind them.
    let order = names.indices.filter { !minority.contains($0) } + minority
    let lines = [focal, recall, ratio].enumerated().flatMap { chart, series in
      order.filter { c in series.contains { $0.values[c] != nil } }.map { c in
        let place = minority.firstIndex(of: c)
        return LinePlot.Line(
          chart: chart, points: smoothed(series, c), decimals: 5,
          color: place.map { seriesColors[$0 % seriesColors.count] } ?? "BBBBBB",
          width: place == nil ? 1 : 2.5, name: place == nil ? nil : names[c], comment: names[c])
      }
    }
    return Figure(
      slug: "\(panel.slug)-weights", title: "Class weights over training, \(panel.title)",
      caption:
        "Class weights over training (the paper's Fig. 4), \(panel.title): each class's share "
        + "of the focal weights in the runs with focal loss, of the recall weights in those with "
        + "recall loss, and the ratio of the shares. Means over seeds, smoothed over nine entries of the "
        + "history; classes other than the minority in gray.",
      plot: LinePlot(
        heading: panel.title,
        charts: [
          LinePlot.Chart(title: "share of the focal weights"),
          LinePlot.Chart(title: "share of the recall weights"),
          LinePlot.Chart(title: "recall share / focal share", scale: .fromZero),
        ], columns: 3, lines: lines, size: (1800, 620),
        margins: "0.05,0.86,0.12,0.85 spacing 0.055", key: 0.87))
  }

  private struct Entry {
    let iteration: Int
    /// By class, nil where it did not occur.
    let values: [Double?]
  }

  /// Shares of the sum of all classes' weights, means over the seeds of the first setting's row.
  private static func shares(_ panel: Panel, _ base: String) -> [Entry]? {
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
  private static func smoothed(_ entries: [Entry], _ c: Int) -> [Point] {
    zip(entries, Report.smoothed(entries.map { $0.values[c] })).compactMap { entry, value in
      value.map { Point(x: Double(entry.iteration), y: $0) }
    }
  }
}
