/// One loss in a panel of the scatter figure.
struct ScatterSeries {
  /// nil for the paper's numbers.
  let row: GridRow?
  /// In full, as in tables.
  let name: String
  /// In short, beside the mark.
  let label: String
  let style: MarkerStyle
  /// Percent; x is mean IoU, y is mean accuracy. Over the seeds, and of each seed.
  let mean: Point
  let seeds: [(seed: UInt64, point: Point)]
  let isFocal: Bool
  /// Where numbers that are not ours are from.
  var origin = "as the paper prints it"

  /// The seeds, and the ends of the bars of one sample standard deviation around the mean.
  var extent: [Point] {
    let dx = Statistic(seeds.map(\.point.x))?.deviation ?? 0
    let dy = Statistic(seeds.map(\.point.y))?.deviation ?? 0
    return seeds.map(\.point) + [
      Point(x: mean.x - dx, y: mean.y - dy), Point(x: mean.x + dx, y: mean.y + dy),
    ]
  }

  /// The panel's losses that have a run.
  static func of(_ panel: Panel) -> [ScatterSeries] {
    let rows = panel.rows.filter { !$0.runs.isEmpty }
    return rows.compactMap { row in
      let seeds = row.runs.compactMap { run -> (seed: UInt64, point: Point)? in
        guard let iou = run.confusion.meanIoU, let accuracy = run.confusion.meanAccuracy else {
          return nil
        }
        return (run.configuration.seed, Point(x: 100 * iou, y: 100 * accuracy))
      }
      guard let x = Statistic(seeds.map(\.point.x)), let y = Statistic(seeds.map(\.point.y))
      else { return nil }
      return ScatterSeries(
        row: row, name: panel.label(row), label: shortLabel(row, panel), style: panel.style(row),
        mean: Point(x: x.mean, y: y.mean),
        seeds: seeds, isFocal: row.loss.base == "focal")
    }
  }

  /// Those whose mean no other one beats in both scores, by rising mean IoU: the Pareto front.
  static func front(_ series: [ScatterSeries]) -> [ScatterSeries] {
    let sorted = series.sorted { ($0.mean.x, $0.mean.y) < ($1.mean.x, $1.mean.y) }
    return sorted.filter { a in
      !sorted.contains { b in
        let (a, b) = (a.mean, b.mean)
        return b.x >= a.x && b.y >= a.y && (b.x > a.x || b.y > a.y)
      }
    }
  }

  /// Without parameters where the panel has the loss only once; short, since every point has one.
  private static func shortLabel(_ row: GridRow, _ panel: Panel) -> String {
    let letter = panel.letter(row.setting)
    return panel.shortName(row.loss)
      + (letter.isEmpty ? "" : " [\(letter)]") + (panel.isIndistinct(row) ? indistinctMark : "")
  }
}
