import Files
import Metrics

extension DifferencesTable {
  /// The part of the page: a sortable table of the paper's metrics, and one of the others behind it.
  var part: PageSection.Part {
    let further = Metric.all.filter { !Metric.ofPaper.contains($0) }
    return PageSection.Part(
      anchor: "table-\(slug)", title: heading,
      body: """
        \(Metric.ofPaper.map { table($0).html }.joined("\n"))
        \(further.map { table($0).html }.joined("\n"))
        \(bullets(notes))
        """, panel: panelID, label: "differences", isFolded: true)
  }

  private func table(_ metric: Metric) -> DataTable {
    DataTable(
      caption: ClassMean(metric).title.capitalizedFirst,
      name: "\(heading), \(ClassMean(metric).title)", rowHeader: "loss",
      columns: [
        .init(title: "difference, points"), .init(title: "95 % interval", isNumeric: false),
        .init(title: "verdict", isNumeric: false), .init(title: "p (Holm)"),
      ], rows: rows.map { row(of: $0, metric) })
  }

  private func row(of row: Row, _ metric: Metric) -> DataTable.Row {
    guard let difference = row.differences[metric] else {
      return DataTable.Row(label: row.loss.notation, cells: [dash, dash, dash, dash])
    }
    return DataTable.Row(
      label: row.loss.notation,
      cells: [
        signed(difference.estimate.value), difference.intervalText, difference.verdict.text,
        difference.verdict == .oneSeed ? dash : fixed(difference.adjusted, 3),
      ])
  }
}
