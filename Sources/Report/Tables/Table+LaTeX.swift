extension Table {
  /// A floating table for a LaTeX document that loads `booktabs` and `graphicx`.
  var latex: String {
    let sections = sections.filter(\.isPrinted)
    let columns = sections.map(\.columns.count).max() ?? 0
    var lines = [
      "% needs \\usepackage{booktabs} and \\usepackage{graphicx}",
      "\\begin{table*}", "\\centering",
      "\\caption{"
        + escapeLaTeX(([title + "."] + captions + scaledDown + notes).joined(separator: " ")) + "}",
      "\\label{tab:\(slug)}",
      "\\resizebox{\\linewidth}{!}{%",
      "\\begin{tabular}{l" + String(repeating: "r", count: columns) + "}", "\\toprule",
    ]
    for (index, section) in sections.enumerated() {
      if index > 0 { lines.append("\\midrule") }
      lines.append(
        row(["\\textit{\(escapeLaTeX(section.heading))}"] + section.columns.map(escapeLaTeX)))
      lines.append("\\midrule")
      var summary = false
      for entry in section.rows {
        if entry.kind == .summary && !summary { lines.append("\\midrule") }
        summary = entry.kind == .summary
        let label = escapeLaTeX(entry.label)
        lines.append(
          row(
            [entry.kind == .paper || entry.kind == .oursMinusPaper ? "\\quad \(label)" : label]
              + entry.cells.map { text($0, entry) }))
      }
    }
    lines += ["\\bottomrule", "\\end{tabular}}", "\\end{table*}"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func row(_ cells: [String]) -> String { cells.joined(separator: " & ") + " \\\\" }

  private func text(_ cell: Statistic?, _ row: Row) -> String {
    guard cell != nil else { return "--" }
    let text = row.text(cell)
    guard cell?.deviation != nil || row.kind == .oursMinusPaper else { return text }
    return "$\(text.replacing("±", with: "\\pm"))$"
  }
}

/// The text with LaTeX's special characters spelled so that they print as themselves.
func escapeLaTeX(_ text: String) -> String {
  text.map { character in
    switch character {
    case "\\": "\\textbackslash{}"
    case "~": "\\textasciitilde{}"
    case "^": "\\textasciicircum{}"
    case "_", "%", "&", "#", "$", "{", "}": "\\\(character)"
    case "<": "\\textless{}"
    case ">": "\\textgreater{}"
    case "±": "$\\pm$"
    case "≈": "$\\approx$"
    case "–": "--"
    default: String(character)
    }
  }.joined()
}
