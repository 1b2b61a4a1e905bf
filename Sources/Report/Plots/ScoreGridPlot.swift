import Files

/// Tables of scores as a picture: a number in each cell, on a shade that tells the same.
struct ScoreGridPlot: PlotDrawing {
  struct Part {
    /// What the numbers are, such as `Accuracy (%)`.
    let title: String
    /// By row and column, percent; nil: a dash.
    let values: [[Double?]]
  }

  /// Above all parts.
  let heading: String
  let rows: [String]
  /// The last one sums up a row, and stands a little apart.
  let columns: [String]
  /// Beside each other in print.
  let parts: [Part]
  /// Below them in print, which may be seen alone: what the scores were measured on.
  let captions: [String]

  /// Of a cell in print, pixels.
  private static let cell = (width: 76.0, height: 44.0)
  /// Around the cells in print, for the names of rows and columns and the titles.
  private static let (names, above, below) = (190.0, 104.0, 110.0)
  /// Between the last column and the others, in cells.
  private static let gap = 0.3
  /// Percent: on darker shades, white letters are read better than black ones.
  private static let brightBelow = 64.0

  private var across: Double { Double(columns.count) + Self.gap }

  private var width: Double {
    (Self.names + across * Self.cell.width) * Double(max(1, parts.count)) + 30
  }

  /// The height below the cells.
  private var foot: Double {
    Self.below + Double(captionLines.count) * ScatterLayout.captionLine + 12
  }

  var size: (width: Int, height: Int) {
    (Int(width), Int(Self.above + Double(rows.count) * Self.cell.height + foot))
  }

  private var captionLines: [String] {
    captions.flatMap { ScatterLayout.wrapped($0, width: width) }
  }

  /// Where a column's middle lies, in cells.
  private func middle(_ column: Int) -> Double {
    Double(column) + (column == columns.count - 1 ? Self.gap : 0)
  }

  var blocks: [[String]] {
    parts.map { part in
      ["# \(part.title): column, row, percent, as shown, color of the letters"]
        + cells(part).map { cell in
          let color = (cell.value ?? 0) < Self.brightBelow ? "0x1B1B1B" : "0xFFFFFF"
          return
            "\(plain(middle(cell.column))) \(cell.row) \(gnuplotNumber(cell.value ?? .nan, 3)) "
            + "\(Self.shown(cell.value)) \(color)"
        }
    }
  }

  private func cells(_ part: Part) -> [(row: Int, column: Int, value: Double?)] {
    part.values.enumerated().flatMap { row, values in
      values.enumerated().map { (row, $0, $1) }
    }
  }

  private static func shown(_ value: Double?) -> String { value.map { fixed($0, 1) } ?? dash }

  func commands(data file: String) -> [String] {
    let (width, height) = (Double(size.width), Double(size.height))
    let tics = columns.enumerated()
      .map { "\(gnuplotTick($1)) \(plain(middle($0)))" }.joined(separator: ", ")
    let names = rows.enumerated().map { "\(gnuplotTick($1)) \($0)" }.joined(separator: ", ")
    let (top, bottom) = (1 - Self.above / height, foot / height)
    var commands = [
      "set multiplot title \(gnuplotQuoted(heading)) font 'sans-serif,20'",
      "unset grid", "unset border", "set tics scale 0", "unset colorbox",
      "set style fill solid noborder", "set cbrange [0:100]",
      "set palette defined (0 'white', 20 '#C6DBEF', 60 '#4292C6', 100 '#08519C')",
      "set xrange [-0.5:\(plain(across - 0.5))]", "set yrange [\(rows.count).0-0.5:-0.5]",
      "set xtics rotate by 40 right (\(tics))", "set ytics (\(names))",
      "set tmargin at screen \(fixed(top, 4))", "set bmargin at screen \(fixed(bottom, 4))",
    ]
    commands += captionLines.enumerated().map { index, line in
      let y = foot - Self.below - Double(index) * ScatterLayout.captionLine
      return
        "set label \(gnuplotQuoted(line)) at screen \(fixed(20 / width, 4)),\(fixed(y / height, 4)) "
        + "font 'sans-serif,\(plain(ScatterLayout.captionSize))' tc rgb '#333333'"
    }
    for (index, part) in parts.enumerated() {
      if index == 1 { commands.append("unset label") }
      let left = Self.names + Double(index) * (Self.names + across * Self.cell.width)
      commands += [
        "set lmargin at screen \(fixed(left / width, 4))",
        "set rmargin at screen \(fixed((left + across * Self.cell.width) / width, 4))",
        "set title \(gnuplotQuoted(part.title))", plot(file, index),
      ]
    }
    return commands + ["unset multiplot"]
  }

  private func plot(_ file: String, _ index: Int) -> String {
    let data = "\(gnuplotQuoted(file)) index \(index)"
    return
      "plot \(data) using 1:2:($1-0.48):($1+0.48):($2-0.47):($2+0.47):3 with boxxyerror fillcolor palette"
      + gnuplotContinuation + "\(data) using 1:2:4:5 with labels textcolor rgb variable"
  }

  func svg(name: String) -> HTML {
    let drawn = parts.map { part -> HTML in
      "<div>\n<p class=\"over\">\(part.title)</p>\n\(svg(part, name: "\(name), \(part.title)"))\n</div>"
    }
    return "<div class=\"pairs\">\n\(drawn.joined("\n"))\n</div>"
  }

  /// The shades are the style sheet's, so that they suit light and dark: never so full that letters in the
  /// color of the text could not be read on them.
  private func svg(_ part: Part, name: String) -> HTML {
    let (room, wide, high, foot) = (118.0, 42.0, 26.0, 74.0)
    let floor = 4 + Double(rows.count) * high
    let drawn = cells(part).map { cell -> HTML in
      let (x, y) = (room + middle(cell.column) * wide, 4 + Double(cell.row) * high)
      let shade: HTML =
        cell.value.map {
          "<path class=\"more\" fill-opacity=\"\(fixed(0.0045 * $0, 3))\" d=\"M\(x) \(y)H\(x + wide - 1)V\(y + high - 1)H\(x)Z\"/>"
        } ?? .empty
      return
        "\(shade)<text x=\"\(x + wide / 2)\" y=\"\(y + 17)\" text-anchor=\"middle\">\(Self.shown(cell.value))</text>"
    }
    let losses = rows.enumerated().map { row, name -> HTML in
      "<text x=\"\(room - 6)\" y=\"\(4 + Double(row) * high + 17)\" text-anchor=\"end\">\(name)</text>"
    }
    let classes = columns.enumerated().map { column, name -> HTML in
      "<text transform=\"translate(\(room + (middle(column) + 0.5) * wide + 4) \(floor + 12)) rotate(-40)\" text-anchor=\"end\">\(name)</text>"
    }
    return """
      <div class="plot" role="img" aria-label="\(name): \(words(part))">
      <svg class="lines map" viewBox="0 0 \(room + across * wide) \(floor + foot)">
      <g aria-hidden="true" font-size="12">
      \((drawn + losses + classes).joined("\n"))
      </g>
      </svg>
      </div>
      """
  }

  private func words(_ part: Part) -> String {
    zip(rows, part.values).map { row, values in
      "\(row) \(zip(columns, values).map { "\($0) \(Self.shown($1))" }.joined(separator: ", "))"
    }.joined(separator: "; ")
  }
}
