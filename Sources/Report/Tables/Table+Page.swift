extension Table {
  /// The table's part of the page: a sortable table for each section, the paper's numbers behind it.
  var part: PageSection.Part {
    PageSection.Part(
      anchor: "table-\(slug)", title: heading,
      body: """
        \(origin)
        \(sections.map(html).joined("\n"))
        \(bullets(notes))
        """, panel: panelID, label: label, isFolded: panelID != nil)
  }

  /// A panel's provenance stands in the table of panels.
  private var origin: HTML {
    panelID == nil ? folded("How these numbers were made", paragraphs(captions)) : .empty
  }

  private func html(_ section: Section) -> HTML {
    let ours = table(section, section.ours, section.heading)
    guard section.hasPaper else { return ours.html }
    let caption = "\(section.heading), beside the paper's"
    return """
      \(ours.html)
      \(folded(caption, table(section, section.besidePaper, caption).html))
      """
  }

  private func table(
    _ section: Section, _ shown: Section.Shown, _ caption: String
  ) -> DataTable {
    DataTable(
      caption: caption, name: "\(heading): \(caption)", rowHeader: shown.rowHeader,
      columns: shown.columns,
      rows: shown.rows.map {
        DataTable.Row(label: $0.label, cells: $0.cells, kind: $0.kind.onPage)
      })
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
