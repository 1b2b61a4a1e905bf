import Metrics

/// One published number for each of several losses, and our score that corresponds to it.
struct PublishedScores {
  /// Such as `Fig. 1` or `Table II`.
  let source: String
  /// What the number is, such as `mean IoU` or `average IoU as printed`.
  let title: String
  /// Ours.
  let score: ClassMean
  /// Percent, by our name of the loss.
  let values: [(base: String, percent: Double)]
  /// Of one of the numbers; nil where no rerun of the authors' tells.
  let noise: RerunNoise?

  /// All that there are for a panel, accuracy before IoU.
  static func of(_ panel: Panel) -> [PublishedScores] {
    let table = PublishedTable.of(panel.key).map { of($0, panel) } ?? []
    return table + PublishedPoints.of(panel.key).flatMap(of)
  }

  private static func of(_ points: PublishedPoints) -> [PublishedScores] {
    [
      PublishedScores(
        source: points.source, title: "mean accuracy", score: .meanAccuracy,
        values: points.losses.map { ($0.base, $0.macc) }, noise: .meanAccuracy),
      PublishedScores(
        source: points.source, title: "mean IoU", score: .meanIoU,
        values: points.losses.map { ($0.base, $0.miou) }, noise: .meanIoU),
    ]
  }

  /// The printed averages and, where those are no means of the columns, also these means.
  private static func of(_ table: PublishedTable, _ panel: Panel) -> [PublishedScores] {
    Metric.ofPaper.flatMap { metric in
      let minority = MinorityClasses(panel.dataset, panel.classes)
      let names = minority.averaged.map { panel.classes.names[$0] }
      let score = minority.mean(metric)
      let isLogged = metric == .iou && table.dataset == .synthia
      func scores(_ title: String, _ value: ([Double]) -> Double?) -> PublishedScores {
        PublishedScores(
          source: "Table \(table.number)", title: "average \(metric.title) \(title)", score: score,
          values: table.rows.compactMap { row in
            row.figures(metric).flatMap(value).map { (row.base, $0) }
          }, noise: isLogged ? .iou(of: names) : nil)
      }
      let printed = scores("as printed", \.last)
      guard !table.averagesItsColumns else { return [printed] }
      return [printed, scores("over its columns") { Statistic($0.dropLast())?.mean }]
    }
  }
}
