import Files
import Metrics
import Statistics

/// Of one panel and setting: by class, how losses differ from a reference.
struct ClassDifferences {
  /// Of one loss, class and metric; scores and differences are fractions, means over the seeds.
  struct Cell {
    let loss: Double
    let reference: Double
    /// nil: nothing is known about the difference's error.
    let estimate: Estimate?

    var difference: Double { loss - reference }
    /// Both score 0: nothing can be told of their difference.
    var isFloor: Bool { loss == 0 && reference == 0 }
  }

  let compared: ComparedLosses
  /// Ids, from the most to the least frequent.
  let classes: [Int]
  /// By id, of all labeled pixels.
  let shares: [Double]
  /// Whose pixels the shares are of: `training` or `evaluated`.
  let source: String
  private let cells: [LossName: [Metric: [Int: Cell]]]

  init(_ compared: ComparedLosses) {
    self.compared = compared
    let runs = compared.comparisons.reportedRuns(of: compared.reference)
    let training = runs.first { $0.trainClassPixels.contains { $0 > 0 } }?.trainClassPixels
    let evaluated = compared.comparisons.resampled(compared.reference)?.min { $0.key < $1.key }
    let pixels = (training ?? evaluated?.value.totals.labeled ?? []).map(Double.init)
    let all = max(1, pixels.reduce(0, +))
    shares = pixels.map { $0 / all }
    source = training == nil ? "evaluated" : "training"
    classes = pixels.indices.sorted { (pixels[$1], $0) < (pixels[$0], $1) }
    cells = Dictionary(
      uniqueKeysWithValues: compared.candidates.map { loss in
        (loss, Self.cells(compared.pairs(loss), pixels.indices))
      })
  }

  /// nil where the class has no score in one of the runs.
  func cell(_ loss: LossName, _ metric: Metric, _ c: Int) -> Cell? { cells[loss]?[metric]?[c] }

  private static func cells(
    _ pairs: [(candidate: ResampledRun, reference: ResampledRun)], _ classes: Range<Int>
  ) -> [Metric: [Int: Cell]] {
    let columns = Metric.ofPaper.map { metric in
      let found = classes.compactMap { c in
        cell(pairs, ClassMean(metric, ofClass: c)).map { (c, $0) }
      }
      return (metric, Dictionary(uniqueKeysWithValues: found))
    }
    return Dictionary(uniqueKeysWithValues: columns)
  }

  private static func cell(
    _ pairs: [(candidate: ResampledRun, reference: ResampledRun)], _ score: ClassMean
  ) -> Cell? {
    let scores = pairs.compactMap { pair -> (Double, Double)? in
      guard let own = score(pair.candidate.totals), let base = score(pair.reference.totals)
      else { return nil }
      return (own, base)
    }
    guard !scores.isEmpty, scores.count == pairs.count else { return nil }
    let count = Double(scores.count)
    return Cell(
      loss: scores.reduce(0) { $0 + $1.0 } / count,
      reference: scores.reduce(0) { $0 + $1.1 } / count, estimate: Estimate(score, of: pairs))
  }

  /// Recall loss, or the only one that was asked for: what the page shows first.
  var leading: LossName {
    compared.candidates.first { $0.base == "recall" } ?? compared.candidates[0]
  }

  var title: String { compared.comparisons.title }

  var estimates: [Estimate] {
    cells.values.flatMap { $0.values.flatMap { $0.values.compactMap(\.estimate) } }
  }
}

extension ClassDifferences {
  /// `34 %`, `0.05 %`, `< 0.01 %`.
  static func percent(_ share: Double) -> String {
    let percent = 100 * share
    if percent == 0 { return "0 %" }
    if percent < 0.01 { return "< 0.01 %" }
    return "\(fixed(percent, percent < 1 ? 2 : percent < 10 ? 1 : 0)) %"
  }

  /// One row for each class and metric, of fractions as percent.
  var csv: String {
    var lines = [
      csvLine([
        "loss", "reference", "class", "training_id", "minority", "\(source)_share_percent",
        "score", "loss_percent", "reference_percent", "difference_points", "low_points",
        "high_points", "seeds", "images",
      ])
    ]
    for loss in compared.candidates {
      for c in classes {
        for metric in Metric.ofPaper {
          guard let cell = cell(loss, metric, c) else { continue }
          lines.append(csvLine(fields(cell, loss, metric, c)))
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func fields(_ cell: Cell, _ loss: LossName, _ metric: Metric, _ c: Int) -> [String] {
    let classes = compared.panel.classes
    let interval = cell.estimate?.interval
    let basis = cell.estimate.map { ["\($0.seeds)", "\($0.images)"] } ?? ["", ""]
    let numbers = [
      fixed(100 * cell.loss, 6), fixed(100 * cell.reference, 6), csvPoints(cell.difference),
      csvPoints(interval?.lowerBound), csvPoints(interval?.upperBound),
    ]
    return [
      loss.notation, compared.reference.notation, classes.names[c], "\(c)",
      classes.minority.contains(c) ? "1" : "0", fixed(100 * shares[c], 6), metric.name,
    ] + numbers + basis
  }
}
