import Files

extension ScoreGridPlot {
  /// Units of the drawings, which the page scales to its columns.
  private enum Page {
    static let cell = (width: 42.0, height: 26.0)
    static let (font, character) = (12.0, 6.9)
    /// Of a unit, in pixels: a narrower page scrolls the drawing rather than shrink its letters further.
    static let least = 0.7
  }

  func svg(name: String) -> HTML {
    let drawn = parts.map { part -> HTML in
      "<div>\n<p class=\"over\">\(part.title)</p>\n\(svg(part, name: "\(name), \(part.title)"))\n</div>"
    }
    let isBeside = columns.count <= Self.mostBeside
    return "<div\(isBeside ? " class=\"pairs\"" as HTML : .empty)>\n\(drawn.joined("\n"))\n</div>"
  }

  /// The shades are the style sheet's, so that they suit light and dark: never so full that letters in the
  /// color of the text could not be read on them.
  private func svg(_ part: Part, name: String) -> HTML {
    let (room, below) = room(character: Page.character, cell: Page.cell.width)
    let floor = 4 + Double(rows.count) * Page.cell.height
    let width = room + across * Page.cell.width + 2
    let drawn = cells(part).map { cell -> HTML in
      let x = room + place(cell.column) * Page.cell.width
      let y = 4 + Double(cell.row) * Page.cell.height
      let (right, bottom) = (x + Page.cell.width - 1, y + Page.cell.height - 1)
      let shade: HTML =
        cell.value.map {
          "<path class=\"more\" fill-opacity=\"\(fixed(0.0045 * $0, 3))\" d=\"M\(x) \(y)H\(right)V\(bottom)H\(x)Z\"/>"
        } ?? .empty
      return
        "\(shade)<text x=\"\((x + right) / 2)\" y=\"\(y + 17)\" text-anchor=\"middle\">\(Self.shown(cell.value))</text>"
    }
    let losses = rows.enumerated().map { row, name -> HTML in
      "<text x=\"\(room - 6)\" y=\"\(4 + Double(row) * Page.cell.height + 17)\" text-anchor=\"end\">\(name)</text>"
    }
    let classes = columns.enumerated().map { column, name -> HTML in
      "<text transform=\"translate(\(room + (place(column) + 0.5) * Page.cell.width + 4) \(floor + 12)) rotate(-\(Self.slope))\" text-anchor=\"end\">\(name)</text>"
    }
    return """
      <div class="scrolls" tabindex="0" role="group" aria-label="\(name)">
      <div class="plot" role="img" aria-label="\(name): \(words(part))">
      <svg class="lines map" style="min-width:\(Page.least * width)px" viewBox="0 0 \(width) \(floor + below + 6)">
      <g aria-hidden="true" font-size="\(Page.font)">
      \((drawn + losses + classes).joined("\n"))
      </g>
      </svg>
      </div>
      </div>
      """
  }

  private func words(_ part: Part) -> String {
    zip(rows, part.values).map { row, values in
      let scores = zip(columns, values).map { "\($0) \(Self.shown($1))" }
      return "\(row) \(scores.joined(separator: ", "))"
    }.joined(separator: "; ")
  }
}
