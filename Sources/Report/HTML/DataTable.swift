import Files

/// A table of the page, which its readers can sort by any column.
struct DataTable {
  struct Column {
    let title: String
    /// Right-aligned, and sorted by number.
    var isNumeric = true
  }

  struct Row {
    enum Kind {
      case ours
      /// The paper's numbers.
      case paper
      /// Set apart below the others, whatever the order.
      case summary
    }

    let label: String
    /// Without the label; `dash` sorts last.
    let cells: [String]
    var kind = Kind.ours
    /// Where cells lead, by their places in `cells`.
    var links: [Int: String] = [:]
  }

  let caption: String
  /// Names the table among all of the page, for those who do not see it; nil: the caption.
  var name: String?
  /// What a row is, such as `loss`; sorted as text.
  let rowHeader: String
  let columns: [Column]
  let rows: [Row]
  /// Whether long text is broken into lines.
  var wraps = false

  /// The same table with some of its columns.
  func with(columns kept: [Int], caption: String? = nil) -> DataTable {
    DataTable(
      caption: caption ?? self.caption, name: caption ?? name, rowHeader: rowHeader,
      columns: kept.map { columns[$0] },
      rows: rows.map { row in
        let links = kept.enumerated().compactMap { place, column in
          row.links[column].map { (place, $0) }
        }
        return Row(
          label: row.label, cells: kept.map { row.cells[$0] }, kind: row.kind,
          links: Dictionary(uniqueKeysWithValues: links))
      }, wraps: wraps)
  }

  /// In a box of its own that scrolls sideways where the page is too narrow.
  var html: HTML {
    let head = columns.map { column -> HTML in
      column.isNumeric
        ? "<th scope=\"col\" class=\"n\">\(column.title)</th>"
        : "<th scope=\"col\">\(column.title)</th>"
    }
    let body = rows.filter { $0.kind != .summary }.map(line)
    let summary = rows.filter { $0.kind == .summary }.map(line)
    let foot: HTML = summary.isEmpty ? .empty : "<tfoot>\n\(summary.joined("\n"))\n</tfoot>\n"
    return """
      <div class="wide" tabindex="0" role="group" aria-label="\(name ?? caption)">
      <table class="\(wraps ? "sortable wraps" : "sortable")">
      <caption>\(caption)</caption>
      <thead>
      <tr><th scope="col">\(rowHeader)</th>\(head.joined())</tr>
      </thead>
      <tbody>
      \(body.joined("\n"))
      </tbody>
      \(foot)</table>
      </div>
      """
  }

  /// A deviation stays whole where a cell is broken into lines, and so does an interval.
  private static func unbroken(_ cell: String) -> String {
    // Most cells hold neither, and searching them all would take a third of the page's time.
    let text = cell.utf8.contains(UInt8(ascii: " ")) ? cell.replacing("± ", with: "±\u{A0}") : cell
    guard text.utf8.contains(UInt8(ascii: "[")) else { return text }
    return text.replacing(/\[([^ ]*), ([^ ]*)\]/) { "[\($0.1),\u{A0}\($0.2)]" }
  }

  private func line(_ row: Row) -> HTML {
    let cells = zip(columns, row.cells).enumerated().map { index, pair -> HTML in
      let (column, cell) = pair
      let text: HTML = "\(Self.unbroken(cell))"
      let inner = row.links[index].map { "<a href=\"\($0)\">\(text)</a>" as HTML } ?? text
      return column.isNumeric ? "<td class=\"n\">\(inner)</td>" : "<td>\(inner)</td>"
    }
    let start: HTML = row.kind == .paper ? "<tr class=\"paper\">" : "<tr>"
    return "\(start)<th scope=\"row\">\(row.label)</th>\(cells.joined())</tr>"
  }
}
