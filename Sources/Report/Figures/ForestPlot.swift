import Files
import Metrics
import Statistics

/// Each loss's difference from a reference in mean accuracy and mean IoU, with its interval.
/// - Parameters:
///   - losses: normalized notations that are drawn, such as a new loss; nil: every other loss.
///   - reference: a notation, or a name such as `ce`.
/// - Returns: nil if nothing shares seeds and images with the reference.
/// - Throws: `UserError` for runs that do not fit the classes of their data set.
package func forestPlot(
  _ input: ReportInput, of losses: [String]? = nil, from reference: String = "ce"
) throws -> (any Artifact)? {
  forestPlot(ComparedLosses.all(try Grid(input), of: losses, from: reference))
}

/// The same of losses that are compared already; nil where none can be.
func forestPlot(_ compared: [ComparedLosses]) -> FigureGroup? {
  let rows = compared.map(ForestRows.init).filter { !$0.isEmpty }
  guard let reference = compared.first?.comparisons, !rows.isEmpty else { return nil }
  let name = compared[0].name(compared[0].reference)
  let lines = rows.map { line in
    IntervalPlot.Line(
      title: line.compared.comparisons.title, rows: line.rows,
      charts: Metric.ofPaper.map { metric in
        let sameData = rows.filter { $0.compared.panel.dataset == line.compared.panel.dataset }
        return line.chart(metric, range: IntervalPlot.range(sameData.flatMap { $0.marks(metric) }))
      })
  }
  let isShared = Set(rows.map(\.compared.panel.dataset)).count < rows.count
  let isSingle = rows.contains { $0.estimates.contains { $0.seeds == 1 } }
  return FigureGroup(
    anchor: "differences", title: "Differences from \(name == "CE" ? "cross-entropy" : name)",
    caption:
      "Each loss's score minus that of \(name), in percentage points, with its 95 % interval, paired by "
      + "seed, batch order, and image; intervals are not adjusted for the number of losses "
      + "(the tables of differences are)."
      + (isShared ? " Panels of one data set share their axes." : "")
      + (isSingle
        ? " Dashed: one seed, so the interval is over images only, and another training may fall "
          + "outside it."
        : ""),
    figures: [
      Figure(
        slug: "differences",
        title: rows.count == 1 ? reference.title : "\(rows.count) panels",
        plot: IntervalPlot(
          heading: "Differences from \(name)", lines: lines,
          pageLines: lines.flatMap { line in
            line.charts.map {
              .init(title: rows.count == 1 ? "" : line.title, rows: line.rows, charts: [$0])
            }
          }))
    ])
}

/// What the forest plot shows of one panel and setting.
private struct ForestRows {
  let compared: ComparedLosses
  private let differences: [Metric: [PairedDifference?]]

  init(_ compared: ComparedLosses) {
    self.compared = compared
    let columns = Metric.ofPaper.map { metric in
      (
        metric,
        compared.comparisons.differences(
          compared.candidates, from: compared.reference, ClassMean(metric))
      )
    }
    differences = Dictionary(uniqueKeysWithValues: columns)
  }

  var rows: [IntervalPlot.Row] {
    compared.candidates.enumerated().map { index, loss in
      let parts = Metric.ofPaper.map { metric in
        "\(ClassMean(metric).title) \(numbers(metric)[index])"
      }
      let name = compared.name(loss)
      return IntervalPlot.Row(label: name, tip: "\(name): \(parts.joined(separator: ", "))")
    }
  }

  var estimates: [Estimate] { differences.values.flatMap { $0.compactMap { $0?.estimate } } }
  var isEmpty: Bool { estimates.isEmpty }

  func marks(_ metric: Metric) -> [IntervalPlot.Mark] { cells(metric).compactMap(\.mark) }

  func chart(_ metric: Metric, range: ClosedRange<Double>) -> IntervalPlot.Chart {
    let found = (differences[metric] ?? []).compactMap { $0?.estimate }
    return IntervalPlot.Chart(
      title: ClassMean(metric).title, note: ComparedLosses.basis(found), quantity: "points",
      cells: cells(metric), range: range, numbers: numbers(metric))
  }

  private func cells(_ metric: Metric) -> [IntervalPlot.Cell] {
    zip(compared.candidates, differences[metric] ?? []).map { loss, difference in
      guard let estimate = difference?.estimate else { return .note("") }
      let interval = estimate.interval
      return .mark(
        IntervalPlot.Mark(
          value: 100 * estimate.value,
          interval: 100 * interval.lowerBound...100 * interval.upperBound,
          coversSeeds: estimate.seeds > 1, style: compared.style(loss)))
    }
  }

  private func numbers(_ metric: Metric) -> [String] {
    let found = differences[metric] ?? []
    let most = found.compactMap { $0?.estimate.seeds }.max() ?? 1
    return found.map { difference in
      guard let difference else { return dash }
      let alone = difference.estimate.seeds == 1 && most > 1 ? ", 1 seed" : ""
      return "\(signed(difference.estimate.value)) \(difference.intervalText)\(alone)"
    }
  }
}
