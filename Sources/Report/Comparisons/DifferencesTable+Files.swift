import Files
import Metrics
import Statistics

extension DifferencesTable {
  static let header = [
    "loss", "score", "difference_points", "low_points", "high_points", "standard_error_points",
    "degrees_of_freedom", "p", "p_holm", "seeds", "images", "verdict",
  ]

  var csvFile: ReportFile {
    .csv(
      "tables/\(slug).csv", header: Self.header,
      rows.flatMap { row in
        Metric.all.compactMap { metric in
          row.differences[metric].map {
            [row.loss.notation, ClassMean(metric).title] + Self.fields($0)
          }
        }
      }, caption: [title + ".", caption] + notes)
  }

  static func fields(_ difference: PairedDifference) -> [String] {
    let estimate = difference.estimate
    let points = [
      estimate.value, estimate.interval.lowerBound, estimate.interval.upperBound,
      estimate.standardError,
    ]
    return points.map { csvPoints($0) }
      + [csvNumber(estimate.degreesOfFreedom, 2)] + difference.pFields
      + ["\(estimate.seeds)", "\(estimate.images)", difference.verdict.rawValue]
  }

  /// The paper's metrics side by side: difference, interval and, over several seeds, p.
  var latex: LaTeXTable {
    let hasSeeds = rows.contains { $0.differences.values.contains { $0.estimate.seeds > 1 } }
    let heads = Metric.ofPaper.map {
      "\\multicolumn{3}{c}{\(ClassMean($0).title.capitalizedFirst)}"
    }
    let columns = Metric.ofPaper.flatMap { _ in
      ["difference", "95\\,\\% interval", hasSeeds ? "$p$" : ""]
    }
    return LaTeXTable(
      label: slug,
      caption: "\(title). Loss - ce, percentage points"
        + (hasSeeds ? "; bold: p < 0.05." : ". One seed: no verdict."),
      notes: [caption] + notes, columns: "l" + Metric.ofPaper.map { _ in "rcr" }.joined(),
      body: [LaTeXTable.row([""] + heads), LaTeXTable.row(["loss"] + columns), "\\midrule"]
        + rows.map { row in
          LaTeXTable.row(
            [escapeLaTeX(row.loss.notation)]
              + Metric.ofPaper.flatMap { Self.latexCells(row.differences[$0]) })
        })
  }

  private static func latexCells(_ difference: PairedDifference?) -> [String] {
    guard let difference else { return ["--", "--", "--"] }
    let value = signed(difference.estimate.value)
    let interval = "$\(difference.intervalText)$"
    guard difference.verdict != .oneSeed else { return ["$\(value)$", interval, ""] }
    return [
      difference.verdict.isDecided ? "$\\mathbf{\(value)}$" : "$\(value)$", interval,
      "$\(pText(difference.adjusted))$",
    ]
  }
}
