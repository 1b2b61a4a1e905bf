import Metrics

extension FigureGroup {
  /// Heat maps of the confusion matrices: what share of each class's pixels cross-entropy predicts as
  /// which, and how the other losses differ from that.
  static func confusions(_ grid: Grid) -> FigureGroup? {
    FigureGroup(
      anchor: "confusions", title: "Confusion matrices",
      caption:
        "Rows are true classes, columns predicted ones; all seeds together. For CE, in blue: the "
        + "percentage of the true class's pixels with that prediction. For the other losses: "
        + "that percentage minus CE's, blue and filling the cell where it is higher, orange and "
        + "smaller where it is lower. A loss without runs of CE beside it is shown as CE is.",
      figures: grid.panels.compactMap(confusions))
  }

  private static func confusions(_ panel: Panel) -> Figure? {
    let rows = panel.rows.filter { !$0.runs.isEmpty }
    guard !rows.isEmpty else { return nil }
    return Figure(
      slug: "\(panel.slug)-confusions", title: panel.title,
      plot: HeatMapPlot(
        heading: "\(panel.title): true classes in rows, predicted ones in columns",
        names: panel.classes.names, maps: rows.map { map(of: $0, panel, among: rows) }))
  }

  private static func map(of row: GridRow, _ panel: Panel, among rows: [GridRow])
    -> HeatMapPlot.Map
  {
    let own = shares(row)
    let reference = rows.first { $0.loss.notation == "ce" && $0.setting == row.setting }
    guard let reference, reference.loss != row.loss else {
      return HeatMapPlot.Map(
        title: panel.shortName(row),
        comment: "\(row.loss.notation): truth, prediction, percent of the true pixels", values: own,
        isDifference: false)
    }
    return HeatMapPlot.Map(
      title: "\(panel.shortName(row)) - CE",
      comment: "\(row.loss.notation) - ce: truth, prediction, points of the true pixels",
      values: zip(own, shares(reference)).map { zip($0, $1).map { $0 - $1 } }, isDifference: true)
  }

  /// Percent of each true class's pixels, by true and predicted class.
  private static func shares(_ row: GridRow) -> [[Double]] {
    let matrix = row.runs.map(\.confusion).dropFirst().reduce(row.runs[0].confusion, +)
    return (0..<matrix.classes).map { t in
      let pixels = matrix.truePixels(of: t)
      return (0..<matrix.classes).map { p in
        pixels == 0 ? 0 : 100 * Double(matrix[truth: t, prediction: p]) / Double(pixels)
      }
    }
  }
}
