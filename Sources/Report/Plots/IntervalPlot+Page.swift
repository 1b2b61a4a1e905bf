import Files

extension IntervalPlot {
  /// Units of the drawings, which the page scales to its columns.
  private enum Page {
    static let width = 500.0
    static let row = 20.0
    static let (top, bottom) = (40.0, 40.0)
    static let gap = 18.0
    static let (font, small) = (12.5, 11.0)
    /// The mean width of a character, as a part of the font's size.
    static let character = 0.57
  }

  func svg(name: String) -> HTML {
    let drawn = pageLines.map { line -> HTML in
      let title: HTML = line.title.isEmpty ? .empty : "<p class=\"over\">\(line.title)</p>\n"
      return "<div>\n\(title)\(Self.svg(line, name: name))\n</div>"
    }
    return "<div class=\"pairs\">\n\(drawn.joined("\n"))\n</div>"
  }

  /// One line of charts as a drawing.
  /// - Parameter isSpoken: whether those who do not see it are told all numbers.
  static func svg(_ line: Line, name: String, isSpoken: Bool = true) -> HTML {
    let layout = PageLayout(line)
    let rows = isSpoken ? line.rows : []
    let words = rows.map { $0.tip.isEmpty ? $0.label : $0.tip }.joined(separator: "; ")
    let titles = [line.title] + line.charts.map(\.title)
    let subject = titles.filter { !$0.isEmpty }.joined(separator: ", ")
    return """
      <div class="plot" role="img" aria-label="\(name): \(subject). \(words)">
      <svg class="lines intervals" viewBox="0 0 \(Page.width) \(layout.height)">
      \(line.charts.indices.map { axes(line.charts[$0], layout.areas[$0]) }.joined("\n"))
      \(fields(line, layout))
      \(line.charts.indices.map { marks(line.charts[$0], layout.areas[$0]) }.joined("\n"))
      </svg>
      </div>
      """
  }

  private struct PageLayout {
    /// The end of the labels, and of the details.
    let label: Double
    let detail: Double
    let areas: [Box]
    let height: Double

    init(_ line: Line) {
      func widest(_ texts: [String], _ size: Double) -> Double {
        Double(texts.map(\.count).max() ?? 0) * size * Page.character
      }
      let details = widest(line.rows.map(\.detail), Page.small)
      // Bold letters are wider.
      label = 8 + min(170, 1.08 * widest(line.rows.map(\.label), Page.font))
      detail = label + (details > 0 ? details + 8 : 0)
      let numbers = line.charts.map {
        $0.numbers.isEmpty ? 0 : widest($0.numbers, Page.small) + 8
      }
      let count = Double(max(1, line.charts.count))
      let free =
        Page.width - detail - 8 - numbers.reduce(0, +) - Page.gap * (count - 1) - 8
      let floor = Page.top + Double(line.rows.count) * Page.row
      var (left, areas) = (detail + 8, [Box]())
      for chart in line.charts.indices {
        let right = left + free / count
        areas.append(Box(minX: left, minY: Page.top, maxX: right, maxY: floor))
        left = right + numbers[chart] + Page.gap
      }
      (self.areas, height) = (areas, floor + Page.bottom)
    }
  }

  private static func x(_ value: Double, _ chart: Chart, _ area: Box) -> Double {
    area.minX + chart.axis.part(value) * (area.maxX - area.minX)
  }

  private static func y(_ row: Int, _ area: Box) -> Double {
    area.minY + (Double(row) + 0.5) * Page.row
  }

  private static func axes(_ chart: Chart, _ area: Box) -> HTML {
    let axis = chart.axis
    let middle = (area.minX + area.maxX) / 2
    let ticks = axis.ticks.map { x($0, chart, area) }
    let grid = ticks.map { "M\($0) \(area.minY)V\(area.maxY + 4)" as HTML }.joined()
    let numbers = zip(axis.ticks, ticks).map { tick, at -> HTML in
      "<text x=\"\(at)\" y=\"\(area.maxY + 16)\" text-anchor=\"middle\">\(axis.label(tick))</text>"
    }
    let zero = x(0, chart, area)
    return """
      <g font-size="\(Page.small)" text-anchor="middle">
      <path class="grid" d="\(grid)"/><path class="axis" d="M\(zero) \(area.minY)V\(area.maxY)M\(area.minX) \(area.maxY)H\(area.maxX)"/>
      \(numbers.joined())
      <text x="\(middle)" y="\(area.maxY + 32)">\(chart.quantity)</text>
      <text class="strong" x="\(middle)" y="15" font-size="\(Page.font)">\(chart.title)</text>
      <text class="quiet" x="\(middle)" y="31">\(chart.note)</text>
      </g>
      """
  }

  /// Labels, details and numbers; over each row a field that tells its numbers to the pointer.
  private static func fields(_ line: Line, _ layout: PageLayout) -> HTML {
    line.rows.enumerated().map { index, row -> HTML in
      let at = y(index, layout.areas[0]) + 4
      let weight: HTML = row.isEmphasized ? " class=\"strong\"" : .empty
      let name: HTML =
        "<text\(weight) x=\"\(layout.label)\" y=\"\(at)\" text-anchor=\"end\" font-size=\"\(Page.font)\">\(row.label)</text>"
      let detail: HTML =
        row.detail.isEmpty
        ? .empty
        : "<text class=\"quiet\" x=\"\(layout.detail)\" y=\"\(at)\" text-anchor=\"end\" font-size=\"\(Page.small)\">\(row.detail)</text>"
      let numbers = zip(line.charts, layout.areas).map { chart, area -> HTML in
        chart.numbers.indices.contains(index)
          ? "<text x=\"\(area.maxX + 8)\" y=\"\(at)\" font-size=\"\(Page.small)\">\(chart.numbers[index])</text>"
          : .empty
      }.joined()
      return
        "<g><title>\(row.tip)</title><path class=\"hit\" d=\"M0 \(at - 14)H\(Page.width)V\(at + 6)H0Z\"/>\(name)\(detail)\(numbers)</g>"
    }.joined("\n")
  }

  /// Marks of one style share their element.
  private static func marks(_ chart: Chart, _ area: Box) -> HTML {
    var styles: [MarkerStyle] = []
    for mark in chart.marks where !styles.contains(mark.style) { styles.append(mark.style) }
    let drawn = styles.map { style -> HTML in
      let own = chart.cells.enumerated().compactMap { row, cell in
        cell.mark.flatMap { $0.style == style ? (row, $0) : nil }
      }
      let shapes = own.map { row, mark -> HTML in
        "<path class=\"\(style.isFilled ? "filled" : "hollow")\" transform=\"translate(\(x(mark.value, chart, area)) \(y(row, area)))\" d=\"\(style.path(radius: 4.5))\"/>"
      }
      let whole = bars(own.filter(\.1.coversSeeds), chart, area)
      let dashed = bars(own.filter { !$0.1.coversSeeds }, chart, area)
      let lines =
        (whole == .empty ? .empty : "<path class=\"bar\" d=\"\(whole)\"/>" as HTML)
        + (dashed == .empty ? .empty : "<path class=\"bar dashed\" d=\"\(dashed)\"/>")
      return
        "<g style=\"\(MarkerColors(style).properties)\" class=\"series\">\(lines)\(shapes.joined())</g>"
    }
    let notes = chart.cells.enumerated().compactMap { row, cell -> HTML? in
      guard case .note(let text) = cell, !text.isEmpty else { return nil }
      let (at, anchor) =
        chart.notesAreRight ? (x(0, chart, area) + 6, "start") : (x(0, chart, area) - 6, "end")
      return
        "<text class=\"quiet\" x=\"\(at)\" y=\"\(y(row, area) + 4)\" text-anchor=\"\(anchor)\" font-size=\"\(Page.small)\">\(text)</text>"
    }
    return (drawn + notes).joined("\n")
  }

  private static func bars(_ marks: [(Int, Mark)], _ chart: Chart, _ area: Box) -> HTML {
    marks.compactMap { row, mark -> HTML? in
      guard let cut = mark.cut(to: chart.range) else { return nil }
      let (low, high) = (x(cut.low, chart, area), x(cut.high, chart, area))
      let at = y(row, area)
      let below: HTML = cut.below ? "M\(low + 5) \(at - 4)L\(low) \(at)L\(low + 5) \(at + 4)" : ""
      let above: HTML =
        cut.above ? "M\(high - 5) \(at - 4)L\(high) \(at)L\(high - 5) \(at + 4)" : ""
      return "M\(low) \(at)H\(high)\(below)\(above)"
    }.joined()
  }
}
