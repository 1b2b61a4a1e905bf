import Files

extension Table {
  /// All sections below one header: the quantity, the row's name, then every column that a section
  /// has, each followed by its standard deviation over seeds. Fields of columns that a section lacks
  /// are empty.
  var csvFile: ReportFile {
    let columns = sections.flatMap(\.columns).map(unmarked).unique
    return .csv(
      "tables/\(slug).csv",
      header: ["metric", sections.first?.rowHeader ?? ""] + columns.flatMap { [$0, "\($0) sd"] },
      sections.flatMap { section in
        section.rows.map { row in
          [section.quantity, unmarked(row.label)]
            + columns.flatMap { fields(of: $0, row, section) }
        }
      },
      caption: [title + "."] + captions + scaledDown
        + notes.filter { !$0.hasPrefix(indistinctMark.dropFirst()) })
  }

  /// The mean and the standard deviation.
  private func fields(of column: String, _ row: Row, _ section: Section) -> [String] {
    guard let place = section.columns.firstIndex(where: { unmarked($0) == column }) else {
      return ["", ""]
    }
    let cell = row.cells[place]
    return [csvNumber(cell?.mean, row.decimals), csvNumber(cell?.deviation, row.decimals)]
  }
}

/// Names in CSV are read by programs, so they have no mark.
private func unmarked(_ label: String) -> String {
  label.hasSuffix(indistinctMark) ? String(label.dropLast(indistinctMark.count)) : label
}
