import Foundation

extension Table {
  /// The printed sections below each other.
  var latex: LaTeXTable {
    let sections = sections.filter(\.isPrinted)
    let columns = sections.map(\.columns.count).max() ?? 0
    return LaTeXTable(
      label: slug, caption: shortCaption(sections), notes: captions + scaledDown + notes,
      columns: "l" + String(repeating: "r", count: columns),
      body: sections.enumerated().flatMap { index, section in
        (index > 0 ? ["\\midrule"] : []) + lines(section)
      })
  }

  private func shortCaption(_ sections: [Section]) -> String {
    let cells = sections.flatMap(\.rows).filter { $0.kind == .ours }.flatMap(\.cells)
    let hasSeeds = cells.contains { $0?.deviation != nil }
    let isMarked = sections.contains { !$0.bestCells.isEmpty }
    return title
      + (hasSeeds ? ". Mean ± standard deviation over seeds" : ". One seed")
      + (isMarked ? "; best in bold." : ".")
  }

  private func lines(_ section: Section) -> [String] {
    var lines = [
      LaTeXTable.row(
        ["\\textit{\(escapeLaTeX(section.heading))}"] + section.columns.map(escapeLaTeX)),
      "\\midrule",
    ]
    let best = section.bestCells
    var summary = false
    for (index, entry) in section.rows.enumerated() {
      if entry.kind == .summary && !summary { lines.append("\\midrule") }
      summary = entry.kind == .summary
      let isAside = entry.kind == .paper || entry.kind == .oursMinusPaper
      let cells = entry.cells.indices.map { column in
        entry.latex(column, isBest: best.contains(.init(row: index, column: column)))
      }
      lines.append(LaTeXTable.row([(isAside ? "\\quad " : "") + escapeLaTeX(entry.label)] + cells))
    }
    return lines
  }
}

extension Table.Row {
  fileprivate func latex(_ column: Int, isBest: Bool) -> String {
    guard let cell = cells[column] else { return "--" }
    let text = text(cell)
    guard isBest || text.contains(where: { "±+-".contains($0) }) else { return text }
    let parts = text.components(separatedBy: " ± ")
    let mean = isBest ? "\\mathbf{\(parts[0])}" : parts[0]
    return "$\(([mean] + parts.dropFirst()).joined(separator: " \\pm "))$"
  }
}
