extension Table {
  /// The table's part of the page: a sortable table for each section.
  var part: PageSection.Part {
    let tables = sections.map { section in
      DataTable(
        caption: section.heading, name: "\(title): \(section.heading)",
        rowHeader: section.rowHeader,
        columns: section.columns.map { DataTable.Column(title: $0) },
        rows: section.rows.map { row in
          DataTable.Row(label: row.label, cells: row.cells.map(row.text), kind: row.kind.onPage)
        }
      ).html
    }
    return PageSection.Part(
      anchor: "table-\(slug)", title: title,
      body: """
        \(folded("How these numbers were made", paragraphs(captions + scaledDown)))
        \(tables.joined("\n"))
        \(bullets(notes))
        """)
  }
}

extension Table.Row.Kind {
  fileprivate var onPage: DataTable.Row.Kind {
    switch self {
    case .ours: .ours
    case .paper, .oursMinusPaper: .paper
    case .summary: .summary
    }
  }
}
