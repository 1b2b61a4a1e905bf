extension Table {
  /// GitHub-flavoured Markdown; the title as a heading of the given level.
  func markdown(level: Int = 1) -> String {
    var lines = [String(repeating: "#", count: level) + " " + escapeMarkdown(title), ""]
    for line in captions + scaledDown { lines += [escapeMarkdown(line), ""] }
    for section in sections {
      lines += ["**\(section.heading)**", ""]
      lines.append(row([section.rowHeader] + section.columns.map(escapeMarkdown)))
      lines.append("|---|" + String(repeating: "---:|", count: section.columns.count))
      for entry in section.rows {
        let label = escapeMarkdown(entry.label)
        let shown = entry.isPublished ? "*\(label)*" : entry.isSummary ? "**\(label)**" : label
        lines.append(row([shown] + entry.cells.map { text($0, published: entry.isPublished) }))
      }
      lines.append("")
    }
    lines += notes.map { "- " + escapeMarkdown($0) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  private func text(_ cell: Statistic?, published: Bool) -> String {
    guard let cell else { return dash }
    let spread = cell.deviation.map { " ± \(fixed($0, 2))" } ?? ""
    return published ? "*\(fixed(cell.mean, 2))*" : fixed(cell.mean, 2) + spread
  }
}

/// Backslashes before the characters that Markdown would take for markup.
func escapeMarkdown(_ text: String) -> String {
  var escaped = ""
  for character in text {
    if "\\`*_|<>[]".contains(character) { escaped.append("\\") }
    escaped.append(character)
  }
  return escaped
}
