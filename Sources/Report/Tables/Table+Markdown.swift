import Files

extension Table {
  /// The table in GitHub-flavored Markdown.
  var markdown: String? {
    var lines = ["## " + escapeMarkdown(title), ""]
    for line in captions + scaledDown { lines += [escapeMarkdown(line), ""] }
    for section in sections {
      lines += ["**\(section.heading)**", ""]
      lines.append(row([section.rowHeader] + section.columns.map(escapeMarkdown)))
      lines.append("|---|" + String(repeating: "---:|", count: section.columns.count))
      for entry in section.rows {
        let label = escapeMarkdown(entry.label)
        let isAside = entry.kind == .paper || entry.kind == .oursMinusPaper
        let shown = isAside ? "*\(label)*" : entry.kind == .summary ? "**\(label)**" : label
        lines.append(
          row(
            [shown]
              + entry.cells.map { cell in
                let text = entry.text(cell)
                return isAside && text != dash ? "*\(text)*" : text
              }))
      }
      lines.append("")
    }
    lines += notes.map { "- " + escapeMarkdown($0) }
    lines += ["", "As `tables/\(slug).csv` and `tables/\(slug).tex`.", ""]
    return lines.joined(separator: "\n") + "\n"
  }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}

extension Table.Row {
  /// The cell with the row's decimals, its deviation where there is one, and a sign on differences.
  func text(_ cell: Statistic?) -> String {
    guard let cell else { return dash }
    if kind == .oursMinusPaper { return signed(cell.mean / 100) }
    return shown(cell, decimals: decimals)
  }
}
