import Metrics

extension Figure {
  /// Heat maps of the confusion matrices: what share of each class's pixels is predicted as which.
  static func confusions(_ panel: Panel) -> Figure? {
    let rows = panel.rows.filter { !$0.runs.isEmpty }
    guard !rows.isEmpty else { return nil }
    return Figure(
      slug: "\(panel.slug)-confusions", title: "Confusion matrices, \(panel.title)",
      caption:
        "Confusion matrices, \(panel.title): rows are true classes, columns predicted ones, dark "
        + "is a large share of the row's pixels; all seeds together. A class without true pixels is white.",
      plot: HeatMapPlot(
        heading: "\(panel.title): true classes in rows, predicted ones in columns",
        names: panel.classes.names, unit: "percent of the pixels of the true class",
        maps: rows.map { row in
          let total = row.runs.map(\.confusion).dropFirst().reduce(row.runs[0].confusion, +)
          return HeatMapPlot.Map(
            title: panel.markedLabel(row),
            comment: "\(row.loss.notation): truth, prediction, percent of the true pixels",
            values: shares(total))
        }))
  }

  /// Percent of each true class's pixels, by true and predicted class.
  private static func shares(_ matrix: ConfusionMatrix) -> [[Double]] {
    (0..<matrix.classes).map { t in
      let pixels = matrix.truePixels(of: t)
      return (0..<matrix.classes).map { p in
        pixels == 0 ? 0 : 100 * Double(matrix[truth: t, prediction: p]) / Double(pixels)
      }
    }
  }
}
