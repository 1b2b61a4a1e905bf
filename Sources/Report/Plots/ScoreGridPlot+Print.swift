import Files

extension ScoreGridPlot {
  /// Pixels of print.
  private enum Print {
    static let cell = (width: 76.0, height: 44.0)
    static let character = 9.6
    static let heading = 50.0
    /// Above a part's cells, for its title.
    static let title = 46.0
    static let margin = 20.0
  }

  /// Percent: on darker shades, white letters are read better than black ones.
  private static let brightBelow = 70.0

  private var room: (left: Double, below: Double) {
    room(character: Print.character, cell: Print.cell.width)
  }

  private var beside: Int { columns.count > Self.mostBeside ? 1 : max(1, parts.count) }

  /// Of a part with its names.
  private var part: (width: Double, height: Double) {
    (
      room.left + across * Print.cell.width + Print.margin,
      Print.title + Double(rows.count) * Print.cell.height + room.below
    )
  }

  private var width: Double {
    // The heading is of larger letters.
    max(Double(beside) * part.width, Double(heading.count) * 12) + 2 * Print.margin
  }

  private var captionLines: [String] {
    captions.flatMap { ScatterLayout.wrapped($0, width: width) }
  }

  private var height: Double {
    let lines = (parts.count + beside - 1) / beside
    return Print.heading + Double(lines) * part.height
      + Double(captionLines.count) * ScatterLayout.captionLine + Print.margin
  }

  var size: (width: Int, height: Int) { (Int(clamping: width), Int(clamping: height)) }

  var blocks: [[String]] {
    parts.map { part in
      ["# \(part.title): column, row, percent, as shown, color of the letters"]
        + cells(part).map { cell in
          let color = (cell.value ?? 0) < Self.brightBelow ? "0x1B1B1B" : "0xFFFFFF"
          return "\(plain(place(cell.column))) \(cell.row) \(gnuplotNumber(cell.value ?? .nan, 3)) "
            + "\(Self.shown(cell.value)) \(color)"
        }
    }
  }

  func commands(data file: String) -> [String] {
    let tics = columns.enumerated()
      .map { "\(gnuplotTick($1)) \(plain(place($0)))" }.joined(separator: ", ")
    let names = rows.enumerated().map { "\(gnuplotTick($1)) \($0)" }.joined(separator: ", ")
    var commands = [
      "set multiplot title \(gnuplotQuoted(heading)) font 'sans-serif,20'",
      "unset grid", "unset border", "set tics scale 0", "unset colorbox",
      "set style fill solid noborder", "set cbrange [0:100]",
      "set palette defined (0 'white', 20 '#C6DBEF', 60 '#4292C6', 100 '#08519C')",
      "set xrange [-0.5:\(plain(across - 0.5))]", "set yrange [\(rows.count).0-0.5:-0.5]",
      "set xtics rotate by \(plain(Self.slope)) right (\(tics))", "set ytics (\(names))",
    ]
    commands += captionLines.enumerated().map { index, line in
      let y = (Double(captionLines.count - index) - 0.4) * ScatterLayout.captionLine + 8
      return "set label \(gnuplotQuoted(line)) at screen \(fixed(Print.margin / width, 4)),"
        + "\(fixed(y / height, 4)) font 'sans-serif,\(plain(ScatterLayout.captionSize))' "
        + "tc rgb '#333333'"
    }
    for index in parts.indices {
      // The captions belong to the whole: they are drawn with the first part.
      if index == 1 { commands.append("unset label") }
      commands += margins(index)
      commands += ["set title \(gnuplotQuoted(parts[index].title))", plot(file, index)]
    }
    return commands + ["unset multiplot"]
  }

  private func margins(_ index: Int) -> [String] {
    let left = Double(index % beside) * part.width + Print.margin + room.left
    let top = Print.heading + Double(index / beside) * part.height + Print.title
    let right = left + across * Print.cell.width
    let bottom = top + Double(rows.count) * Print.cell.height
    return [
      "set lmargin at screen \(fixed(left / width, 4))",
      "set rmargin at screen \(fixed(right / width, 4))",
      "set tmargin at screen \(fixed(1 - top / height, 4))",
      "set bmargin at screen \(fixed(1 - bottom / height, 4))",
    ]
  }

  private func plot(_ file: String, _ index: Int) -> String {
    let data = "\(gnuplotQuoted(file)) index \(index)"
    return
      "plot \(data) using 1:2:($1-0.48):($1+0.48):($2-0.47):($2+0.47):3 with boxxyerror fillcolor palette"
      + gnuplotContinuation + "\(data) using 1:2:4:5 with labels textcolor rgb variable"
  }
}
