import Files
import Metrics

extension DifferencesTable {
  /// The part of the page: a sortable table for each metric.
  var part: PageSection.Part {
    let columns = [
      DataTable.Column(title: "difference, points"),
      DataTable.Column(title: "95 % interval", isNumeric: false),
      DataTable.Column(title: "p (Holm)"),
      DataTable.Column(title: "verdict", isNumeric: false),
    ]
    let blocks = Metric.all.map { metric in
      DataTable(
        caption: ClassMean(metric).title.capitalizedFirst,
        name: "\(title), \(ClassMean(metric).title)", rowHeader: "loss",
        columns: columns, rows: rows.map { row(of: $0, metric) }
      ).html
    }
    return PageSection.Part(
      anchor: "table-\(slug)", title: title,
      body: """
        \(folded("How these numbers were made", paragraphs([caption])))
        \(blocks.joined("\n"))
        \(bullets(notes))
        """)
  }

  private func row(of row: Row, _ metric: Metric) -> DataTable.Row {
    guard let difference = row.differences[metric] else {
      return DataTable.Row(label: row.loss.notation, cells: [dash, dash, dash, dash])
    }
    return DataTable.Row(
      label: row.loss.notation,
      cells: [
        signed(difference.estimate.value), difference.intervalText,
        fixed(difference.adjusted, 3), difference.verdict.rawValue,
      ])
  }
}
