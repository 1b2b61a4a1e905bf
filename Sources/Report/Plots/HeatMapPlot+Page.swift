import Files

extension HeatMapPlot {
  func svg(name: String) -> HTML {
    let drawn = maps.map { map -> HTML in
      "<div>\n<p class=\"over\">\(map.title)</p>\n\(svg(map, name: "\(name): \(map.title)"))\n</div>"
    }
    let scale: HTML =
      maps.contains(where: \.isDifference)
      ? "<p class=\"below\">Full color is \(plain(reach)) points more (blue) or less (orange, smaller) than CE; of CE 100 %.</p>\n"
      : .empty
    return "<div class=\"multiples\">\n\(drawn.joined("\n"))\n</div>\n\(scale)"
  }

  /// A path for each of a few shades, so that the page stays small; nearly empty cells are left out.
  /// The colors are the style sheet's, so that they suit light and dark.
  private func svg(_ map: Map, name: String) -> HTML {
    let (room, side) = (84.0, 240.0)
    let cell = side / Double(max(1, names.count))
    let full = map.isDifference ? reach : 100
    var shades: [Int: HTML] = [:]
    for (row, values) in map.values.enumerated() {
      for (column, value) in values.enumerated() where abs(value) >= 0.01 * full {
        let inset = value < 0 ? Self.inset * cell : 0
        let (x, y) = (
          room + Double(column) * cell + inset, 8 + Double(row) * cell + inset
        )
        let step =
          min(20, Int(clamping: (20 * abs(value) / full).rounded(.up))) * (value < 0 ? -1 : 1)
        let (right, floor) = (x + cell - 2 * inset, y + cell - 2 * inset)
        shades[step, default: .empty] += "M\(x) \(y)H\(right)V\(floor)H\(x)Z"
      }
    }
    let paths = shades.sorted { $0.key < $1.key }.map { step, path -> HTML in
      let kind: HTML = step < 0 ? "less" : "more"
      return
        "<path class=\"\(kind)\" fill-opacity=\"\(fixed(Double(abs(step)) / 20, 2))\" d=\"\(path)\"/>"
    }
    let texts = names.enumerated().map { index, name -> HTML in
      let middle = (Double(index) + 0.5) * cell
      return
        "<text x=\"\(room - 4)\" y=\"\(8 + middle + 3)\" text-anchor=\"end\">\(name)</text><text transform=\"translate(\(room + middle + 3) \(8 + side + 6)) rotate(-60)\" text-anchor=\"end\">\(name)</text>"
    }
    return """
      <div class="plot" role="img" aria-label="\(name)">
      <svg class="lines map" viewBox="0 0 \(room + side + 8) \(room + side)">
      <path class="ground" d="M\(room) 8H\(room + side)V\(8 + side)H\(room)Z"/>
      \(paths.joined("\n"))
      <path class="axis" d="M\(room) 8H\(room + side)V\(8 + side)H\(room)Z"/>
      <g aria-hidden="true" font-size="9">\(texts.joined())</g>
      </svg>
      </div>
      """
  }
}
