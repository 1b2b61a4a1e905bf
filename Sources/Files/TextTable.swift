/// Aligned columns for the terminal: the first is left-aligned, the others are right-aligned.
package struct TextTable {
  package let header: [String]
  private var rows: [[String]] = []

  package init(_ header: String...) { self.header = header }

  package mutating func add(_ cells: String...) { rows.append(cells) }
  package mutating func add(cells: [String]) { rows.append(cells) }

  package var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let rule = "|---|" + header.dropFirst().map { _ in "---:|" }.joined()
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
  }

  package var text: String {
    let all = [header] + rows
    let widths = header.indices.map { column in
      all.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
    }
    return all.map { row in
      row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
