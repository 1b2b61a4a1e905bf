import Experiments

extension FigureGroup {
  /// The paper's Fig. 4: each class's share of the focal weights and of the recall weights over
  /// training, and the ratio of the shares. Nil without runs of both losses that recorded them.
  static func weights(_ grid: Grid) -> FigureGroup? {
    let figures = grid.panels.compactMap(ClassWeights.init)
    return FigureGroup(
      anchor: "weights", title: "Class weights over training",
      caption:
        "The paper's Fig. 4: each class's share of the focal weights in the runs with focal loss, of the "
        + "recall weights in those with recall loss, and the ratio of the shares in runs with the "
        + "same seed. Smoothed over nine entries of the history; classes other than the minority "
        + "classes in gray. "
        + SeedBand.legend(figures.flatMap(\.bands)),
      figures: figures.map(\.figure))
  }
}

/// The class weights that the runs of a panel recorded.
private struct ClassWeights {
  /// By class and iteration, nil where the class did not occur; for each seed.
  private typealias Course = [UInt64: [(iteration: Int, values: [Double?])]]

  private let panel: Panel
  /// Of focal loss, of recall loss, and their ratio; by class.
  private let charts: [[SeedBand]]

  var bands: [SeedBand] { charts.flatMap(\.self) }

  init?(_ panel: Panel) {
    guard let focal = Self.shares(panel, "focal"), let recall = Self.shares(panel, "recall") else {
      return nil
    }
    self.panel = panel
    let classes = panel.classes.names.indices
    charts = [focal, recall, Self.ratios(recall, focal)].map { course in
      classes.map { c in
        SeedBand(course.sorted { $0.key < $1.key }.map { Self.smoothed($0.value, c) })
      }
    }
  }

  var figure: Figure {
    let minority = panel.classes.minority
    let names = panel.classes.names
    // Minority classes in color and named; the others gray, behind them.
    let order = names.indices.filter { !minority.contains($0) } + minority
    let lines = charts.enumerated().flatMap { chart, bands in
      order.filter { !bands[$0].isEmpty }.map { c in
        let place = minority.firstIndex(of: c)
        let style = place.map { seriesStyles[$0 % seriesStyles.count] }
        return LinePlot.Line(
          chart: chart, points: bands[c].mean, decimals: 5, color: style?.color ?? "BBBBBB",
          shape: style?.shape, width: place == nil ? 1 : 2, name: place == nil ? nil : names[c],
          comment: names[c], band: place == nil ? [] : bands[c].band)
      }
    }
    return Figure(
      slug: "\(panel.slug)-weights", title: panel.title,
      plot: LinePlot(
        heading: panel.title,
        charts: [
          LinePlot.Chart(title: "share of the focal weights"),
          LinePlot.Chart(title: "share of the recall weights"),
          LinePlot.Chart(title: "recall share / focal share", scale: .fromZero),
        ], columns: 3, lines: lines, size: (1800, 620),
        margins: "0.05,0.86,0.12,0.85 spacing 0.055", key: 0.87))
  }

  /// Shares of the sum of all classes' weights, of the first setting's row.
  private static func shares(_ panel: Panel, _ base: String) -> Course? {
    guard let row = panel.rows.first(where: { $0.loss.base == base && !$0.runs.isEmpty }) else {
      return nil
    }
    let courses = row.runs.map { run in
      let entries = run.history.compactMap { entry in
        entry.classWeights.map { (iteration: entry.iteration, values: shares($0)) }
      }
      return (run.configuration.seed, entries)
    }.filter { !$0.1.isEmpty }
    return courses.isEmpty ? nil : Dictionary(courses) { first, _ in first }
  }

  private static func shares(_ weights: [Double?]) -> [Double?] {
    let sum = weights.compactMap(\.self).reduce(0, +)
    return weights.map { weight in weight.flatMap { sum > 0 ? $0 / sum : nil } }
  }

  private static func ratios(_ a: Course, _ b: Course) -> Course {
    a.reduce(into: [:]) { ratios, course in
      guard let other = b[course.key] else { return }
      let values = Dictionary(other.map { ($0.iteration, $0.values) }) { first, _ in first }
      ratios[course.key] = course.value.compactMap { entry in
        values[entry.iteration].map { other in
          (iteration: entry.iteration, values: zip(entry.values, other).map { ratio($0, $1) })
        }
      }
    }
  }

  private static func ratio(_ a: Double?, _ b: Double?) -> Double? {
    guard let a, let b, a > 0, b > 0 else { return nil }
    return a / b
  }

  /// Of one class, each value the mean of up to nine entries around it.
  private static func smoothed(_ entries: [(iteration: Int, values: [Double?])], _ c: Int)
    -> [Point]
  {
    let values = entries.map { $0.values.indices.contains(c) ? $0.values[c] : nil }
    return zip(entries, Report.smoothed(values)).compactMap { entry, value in
      value.map { Point(x: Double(entry.iteration), y: $0) }
    }
  }
}
