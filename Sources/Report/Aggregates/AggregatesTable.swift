import Files
import Metrics
import Statistics

/// Interquartile mean, probability of improvement and points of the performance profile of each loss,
/// with intervals.
struct AggregatesTable: Artifact {
  /// A number with its interval.
  private struct Cell {
    let value: Double
    let interval: ClosedRange<Double>?
    let decimals: Int

    var text: String {
      let range = interval.map {
        " (\(fixed($0.lowerBound, decimals)) to \(fixed($0.upperBound, decimals)))"
      }
      return fixed(value, decimals) + (range ?? "")
    }

    /// Value, low and high.
    var fields: [String] {
      [value, interval?.lowerBound, interval?.upperBound].map { csvNumber($0, 4) }
    }
  }

  private struct Block {
    let metric: Metric
    let columns: [String]
    let rows: [(loss: LossName, cells: [Cell?])]
  }

  private static let slug = "aggregates"
  private static let title = "All panels together"
  /// Losses that others are compared with.
  private static let references = ["ce", "recall"]

  private let caption: String
  private let notes: [String]
  private let blocks: [Block]

  /// nil where there is nothing to aggregate.
  init?(_ grid: Grid) {
    guard let aggregates = Aggregates(grid) else { return nil }
    caption = aggregates.caption
    notes = Self.notes(aggregates)
    blocks = Metric.ofPaper.compactMap { Self.block($0, aggregates) }
    if blocks.isEmpty { return nil }
  }

  private static func block(_ metric: Metric, _ aggregates: Aggregates) -> Block? {
    let scored = aggregates.losses.compactMap { loss in
      aggregates.scores(metric, of: loss).map { (loss: loss, scores: $0) }
    }
    guard scored.count > 1 else { return nil }
    let references = references.compactMap { name in scored.first { $0.loss.base == name } }
    let levels = levels(scored.map(\.scores))
    let columns =
      ["interquartile mean (%)"] + references.map { "P(above \($0.loss.notation))" }
      + levels.map { "share of runs above \($0) %" }
    let rows = scored.map { loss, scores -> (loss: LossName, cells: [Cell?]) in
      let mean = cell([scores], decimals: 2) { 100 * $0[0].interquartileMean }
      let improvements = references.map { reference in
        reference.loss == loss
          ? nil
          : cell([scores, reference.scores], decimals: 2) {
            $0[0].probabilityOfImprovement(over: $0[1])
          }
      }
      let shares = levels.map { level in
        cell([scores], decimals: 2) { $0[0].share(above: Double(level) / 100) }
      }
      return (loss, [mean] + improvements + shares)
    }
    return Block(metric: metric, columns: columns, rows: rows)
  }

  private static func cell(
    _ methods: [TaskScores], decimals: Int, _ quantity: ([TaskScores]) -> Double
  ) -> Cell {
    Cell(
      value: quantity(methods), interval: TaskScores.interval(methods, quantity: quantity),
      decimals: decimals)
  }

  /// Percent: the quartiles of the scores of all losses, to the next whole number.
  private static func levels(_ scores: [TaskScores]) -> [Int] {
    let sorted = scores.flatMap(\.scores).flatMap(\.self).sorted()
    let quartiles = [1, 2, 3].map { sorted[$0 * (sorted.count - 1) / 4] }
    return Set(quartiles.map { Int(clamping: (100 * $0).rounded()) }).sorted()
  }

  private static func notes(_ aggregates: Aggregates) -> [String] {
    var notes = [
      "After Agarwal et al., NeurIPS 2021 (rliable): a panel is a task, a seed a run. Interquartile "
        + "mean: of the middle half of all runs. P(above X): the chance that a run scores above one of "
        + "X in the same panel, averaged over panels, ties counting half. Shares of runs: the "
        + "performance profile at the quartiles of all scores."
    ]
    notes.append(
      aggregates.hasSeeds
        ? "In brackets: 95 % percentile intervals of 2000 stratified bootstrap draws, of seeds within "
          + "each panel. With few seeds they are too narrow: n seeds show (n - 1) / n of their variance."
        : "No intervals where a loss has a single seed in a panel: one seed does not show how much "
          + "trainings differ, and resampling images cannot show it.")
    if !aggregates.leftOut.isEmpty {
      notes.append("Left out: \(aggregates.leftOut.joined(separator: "; ")).")
    }
    return notes
  }

  var markdown: String? {
    var lines = ["## \(Self.title)", "", escapeMarkdown(caption), ""]
    for block in blocks {
      let columns = block.columns.map(escapeMarkdown)
      let rows = block.rows.map { row in
        [escapeMarkdown(row.loss.notation)] + row.cells.map { $0?.text ?? dash }
      }
      lines += [
        "**\(heading(block))**", "",
        markdownTable(["loss"] + columns, numeric: Set(columns), rows), "",
      ]
    }
    lines += notes.map { "- " + escapeMarkdown($0) }
    lines += ["", "As `tables/\(Self.slug).csv`.", ""]
    return lines.joined(separator: "\n") + "\n"
  }

  private func heading(_ block: Block) -> String { ClassMean(block.metric).title.capitalizedFirst }

  var files: [ReportFile] {
    [
      .csv(
        "tables/\(Self.slug).csv",
        header: ["metric", "loss", "quantity", "value", "low", "high"],
        blocks.flatMap { block in
          block.rows.flatMap { row in
            zip(block.columns, row.cells).compactMap { column, cell in
              cell.map { ["mean_\(block.metric.name)", row.loss.notation, column] + $0.fields }
            }
          }
        }, caption: [Self.title + ".", caption] + notes)
    ]
  }

  func section(_ pictures: PagePictures) -> PageSection? {
    let tables = blocks.map { block in
      DataTable(
        caption: heading(block), name: "\(Self.title): \(heading(block))", rowHeader: "loss",
        columns: block.columns.map { DataTable.Column(title: $0) },
        rows: block.rows.map { row in
          DataTable.Row(label: row.loss.notation, cells: row.cells.map { $0?.text ?? dash })
        }
      ).html
    }
    return PageSection(
      anchor: "aggregates", title: Self.title,
      body: """
        <p>\(caption)</p>
        \(tables.joined("\n"))
        \(bullets(notes))
        """)
  }
}
