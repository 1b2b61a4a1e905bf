import Files

extension Table {
  /// The table in GitHub-flavored Markdown. The provenance of a panel stands in the table of panels.
  var markdown: String? {
    var lines = ["## " + escapeMarkdown(heading), ""]
    if panelID == nil {
      for line in captions + scaledDown { lines += [escapeMarkdown(line), ""] }
    }
    for section in sections {
      lines += ["**\(section.heading)**", "", rows(section.ours), ""]
      guard section.hasPaper else { continue }
      lines += ["<details><summary>\(section.heading), beside the paper's</summary>", ""]
      lines += [rows(section.besidePaper), "", "</details>", ""]
    }
    lines += notes.map { "- " + escapeMarkdown($0) }
    lines += ["", "As `tables/\(slug).csv` and `tables/\(slug).tex`.", ""]
    return lines.joined(separator: "\n") + "\n"
  }

  private func rows(_ shown: Section.Shown) -> String {
    let numeric = shown.columns.filter(\.isNumeric).map { escapeMarkdown($0.title) }
    return markdownTable(
      [shown.rowHeader] + shown.columns.map { escapeMarkdown($0.title) }, numeric: Set(numeric),
      shown.rows.map { label, cells, kind in
        let isAside = kind == .paper || kind == .oursMinusPaper
        let first = kind == .summary ? "**\(escapeMarkdown(label))**" : mark(label, isAside)
        return [first] + cells.map { mark($0, isAside) }
      })
  }

  /// In italics where the numbers are the paper's.
  private func mark(_ text: String, _ isAside: Bool) -> String {
    isAside && text != dash ? "*\(escapeMarkdown(text))*" : escapeMarkdown(text)
  }
}

extension Table.Row {
  /// The cell with the row's decimals, its deviation where there is one, and a sign on differences.
  func text(_ cell: Statistic?) -> String {
    guard let cell else { return dash }
    if kind == .oursMinusPaper { return signed(cell.mean / 100) }
    return shown(cell, decimals: decimals)
  }
}
