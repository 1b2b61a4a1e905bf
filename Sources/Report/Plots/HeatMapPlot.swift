import Files

/// Square heat maps over the same classes, percent of a row.
struct HeatMapPlot: PlotDrawing {
  struct Map {
    let title: String
    /// Above the block of the data file.
    let comment: String
    /// By row and column, 0...100.
    let values: [[Double]]
  }

  /// Above all maps.
  let heading: String
  /// Of the rows, and of the columns.
  let names: [String]
  /// What the colors mean.
  let unit: String
  let maps: [Map]

  private var columns: Int { min(4, maps.count) }
  private var rows: Int { (maps.count + columns - 1) / columns }

  // Each map is 340 pixels square; around it is room for the classes' names.
  var size: (width: Int, height: Int) { (40 + 500 * columns, 140 + 530 * rows) }

  var blocks: [[String]] {
    maps.map { map in
      ["# \(map.comment)"]
        + map.values.enumerated().flatMap { row, values in
          values.enumerated().map { "\(row) \($0) \(fixed($1, 3))" }
        }
    }
  }

  func commands(data file: String) -> [String] {
    let (width, height) = (Double(size.width), Double(size.height))
    let (left, right) = (fixed(150 / width, 4), fixed(1 - 50 / width, 4))
    let (bottom, top) = (fixed(240 / height, 4), fixed(1 - 90 / height, 4))
    let (gapX, gapY) = (fixed(160 / width, 4), fixed(190 / height, 4))
    let tics = names.enumerated().map { "\(gnuplotQuoted($1)) \($0)" }.joined(separator: ", ")
    var commands = [
      "set multiplot layout \(rows),\(columns) title \(gnuplotQuoted(heading)) "
        + "font 'sans-serif,20' margins screen \(left),\(right),\(bottom),\(top) "
        + "spacing screen \(gapX),\(gapY)",
      "unset grid", "set border 15", "set cbrange [0:100]",
      "set colorbox horizontal user origin screen \(left),\(fixed(72 / height, 4)) "
        + "size screen \(fixed(300 / width, 4)),\(fixed(14 / height, 4))",
      "set cbtics 50", "set cblabel \(gnuplotQuoted(unit))",
      "set palette defined ("
        + Self.palette.map { "\(plain($0.value)) '#\($0.color)'" }.joined(separator: ", ") + ")",
      "set xrange [-0.5:\(names.count).0-0.5]", "set yrange [\(names.count).0-0.5:-0.5]",
      "set xtics rotate by 60 right font 'sans-serif,12' (\(tics))",
      "set ytics font 'sans-serif,12' (\(tics))",
    ]
    for (index, map) in maps.enumerated() {
      commands += [
        "set title \(gnuplotQuoted(map.title))",
        "plot '\(file)' index \(index) using 2:1:3 with image", "unset colorbox",
      ]
    }
    return commands + ["unset multiplot"]
  }

  private static let palette: [(value: Double, color: String)] = [
    (0, "FFFFFF"), (20, "C6DBEF"), (60, "4292C6"), (100, "08306B"),
  ]

  func svg(name: String) -> HTML {
    let drawn = maps.map { map -> HTML in
      "<div>\n<p class=\"over\">\(map.title)</p>\n\(svg(map, name: "\(name): \(map.title)"))\n</div>"
    }
    return "<div class=\"multiples\">\n\(drawn.joined("\n"))\n</div>"
  }

  /// A path for each of a few shades, so that the page stays small; nearly empty cells are left out.
  private func svg(_ map: Map, name: String) -> HTML {
    let (room, side) = (84.0, 240.0)
    let cell = side / Double(max(1, names.count))
    var shades: [Int: HTML] = [:]
    for (row, values) in map.values.enumerated() {
      for (column, value) in values.enumerated() where value >= 1 {
        let (x, y) = (room + Double(column) * cell, 8 + Double(row) * cell)
        shades[min(100, Int((value / 5).rounded(.up)) * 5), default: .empty] +=
          "M\(x) \(y)H\(x + cell)V\(y + cell)H\(x)Z"
      }
    }
    let paths = shades.sorted { $0.key < $1.key }.map { value, path -> HTML in
      "<path fill=\"\(Self.color(Double(value)))\" d=\"\(path)\"/>"
    }
    let texts = names.enumerated().map { index, name -> HTML in
      let middle = (Double(index) + 0.5) * cell
      return
        "<text x=\"\(room - 4)\" y=\"\(8 + middle + 3)\" text-anchor=\"end\">\(name)</text><text transform=\"translate(\(room + middle + 3) \(8 + side + 6)) rotate(-60)\" text-anchor=\"end\">\(name)</text>"
    }
    return """
      <div class="plot" role="img" aria-label="\(name)">
      <svg class="lines map" viewBox="0 0 \(room + side + 8) \(room + side)">
      <path fill="#FFFFFF" d="M\(room) 8H\(room + side)V\(8 + side)H\(room)Z"/>
      \(paths.joined("\n"))
      <path class="axis" d="M\(room) 8H\(room + side)V\(8 + side)H\(room)Z"/>
      <g aria-hidden="true" font-size="9">\(texts.joined())</g>
      </svg>
      </div>
      """
  }

  /// The palette's, mixed between its stops.
  private static func color(_ value: Double) -> String {
    guard let upper = palette.first(where: { $0.value >= value }),
      let lower = palette.last(where: { $0.value <= value })
    else { return "#FFFFFF" }
    let part = upper.value > lower.value ? (value - lower.value) / (upper.value - lower.value) : 0
    return RGB(hex: lower.color).mixed(with: RGB(hex: upper.color), part: part).css
  }
}
