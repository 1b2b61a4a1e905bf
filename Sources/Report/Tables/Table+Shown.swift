import Files

extension Table.Section {
  /// A table of text as the page and Markdown show it.
  struct Shown {
    let rowHeader: String
    let columns: [DataTable.Column]
    let rows: [(label: String, cells: [String], kind: Table.Row.Kind)]
  }

  /// More columns than this do not fit on the page beside each other: classes become rows.
  private static let most = 12

  /// Whether there are numbers of the paper, which have a table of their own behind ours.
  var hasPaper: Bool { rows.contains(where: \.isPaper) }

  /// Our rows: the lead first, then its difference from cross-entropy with interval and verdict, then
  /// the other columns.
  var ours: Shown {
    let own = rows.filter { !$0.isPaper }
    if columns.count > Self.most && own.count < columns.count { return transposed(own) }
    let isCompared = own.contains { $0.difference != nil }
    let more = isCompared ? Self.comparedColumns : []
    let first = order.prefix(lead == nil ? 0 : 1)
    let rest = order.dropFirst(first.count)
    return Shown(
      rowHeader: rowHeader,
      columns: first.map(column) + more + rest.map(column),
      rows: own.map { row in
        let compared = isCompared ? Self.compared(row) : []
        return (
          row.label,
          first.map { row.text(row.cells[$0]) } + compared
            + rest.map { row.text(row.cells[$0]) }, row.kind
        )
      })
  }

  /// All rows: ours, the paper's below them and the difference of the two.
  var besidePaper: Shown {
    Shown(
      rowHeader: rowHeader, columns: order.map(column),
      rows: rows.map { row in
        (row.label, order.map { row.text(row.cells[$0]) }, row.kind)
      })
  }

  /// The columns, the lead first.
  private var order: [Int] {
    guard let lead else { return Array(columns.indices) }
    return [lead] + columns.indices.filter { $0 != lead }
  }

  private func column(_ index: Int) -> DataTable.Column { .init(title: columns[index]) }

  private func transposed(_ rows: [Table.Row]) -> Shown {
    Shown(
      rowHeader: "of", columns: rows.map { .init(title: $0.label) },
      rows: order.map { index in
        (columns[index], rows.map { $0.text($0.cells[index]) }, .ours)
      })
  }

  private static let comparedColumns = [
    DataTable.Column(title: "loss - ce [95 % interval]"),
    DataTable.Column(title: "verdict", isNumeric: false),
  ]

  private static func compared(_ row: Table.Row) -> [String] {
    row.difference.map { [$0.numberText, $0.verdict.text] } ?? [dash, dash]
  }
}

extension Table.Row {
  /// The paper's numbers, and what is formed with them.
  var isPaper: Bool { kind == .paper || kind == .oursMinusPaper }
}
