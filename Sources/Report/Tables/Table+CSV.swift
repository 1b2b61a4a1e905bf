import Files

extension Table {
  /// Comma-separated values: `#` lines with the caption and notes, then a header and all rows; another
  /// header where a section has other columns.
  /// Each column is followed by its standard deviation over seeds, empty for a single run.
  var csv: String {
    var lines = ([title] + captions + scaledDown + notes).map { "# \($0)" }
    for (index, section) in sections.enumerated() {
      if index == 0 || section.columns != sections[index - 1].columns {
        let columns = section.columns.map(unmarked).flatMap { [$0, "\($0) sd"] }
        lines.append(csvLine(["metric", section.rowHeader] + columns))
      }
      for row in section.rows {
        let cells = row.cells.flatMap { cell in
          [
            cell.map { fixed($0.mean, row.decimals) } ?? "",
            cell?.deviation.map { fixed($0, row.decimals) } ?? "",
          ]
        }
        lines.append(csvLine([section.quantity, unmarked(row.label)] + cells))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Names in CSV are read by programs, so they have no mark.
private func unmarked(_ label: String) -> String {
  label.hasSuffix(indistinctMark) ? String(label.dropLast(indistinctMark.count)) : label
}
