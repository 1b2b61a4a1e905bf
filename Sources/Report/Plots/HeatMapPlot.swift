import Files

/// Square heat maps over the same classes: percent of a row, or a difference of such percents.
struct HeatMapPlot: PlotDrawing {
  struct Map {
    let title: String
    /// Above the block of the data file.
    let comment: String
    /// By row and column: 0...100, or -100...100 of a difference.
    let values: [[Double]]
    let isDifference: Bool
  }

  /// Above all maps.
  let heading: String
  /// Of the rows, and of the columns.
  let names: [String]
  let maps: [Map]

  private var columns: Int { min(4, maps.count) }
  private var rows: Int { (maps.count + columns - 1) / columns }

  /// What stands for more and for less; of print.
  static let (more, less) = ("08519C", "B45F06")
  /// A difference below zero leaves a part of its cell free on each side: the sign is not told by color
  /// alone.
  static let inset = 0.2

  /// The end of the scale of differences, the same for all maps.
  var reach: Double {
    let largest = maps.filter(\.isDifference).flatMap { $0.values.flatMap { $0.map(abs) } }.max()
    return [10, 20, 40, 60, 80].first { $0 >= (largest ?? 0) } ?? 100
  }

  // Each map is 340 pixels square; around it is room for the classes' names.
  var size: (width: Int, height: Int) { (40 + 500 * columns, 140 + 530 * rows) }

  var blocks: [[String]] {
    maps.map { map in
      ["# \(map.comment)"]
        + map.values.enumerated().flatMap { row, values in
          values.enumerated().map { "\(row) \($0) \(gnuplotNumber($1, 3))" }
        }
    }
  }

  func commands(data file: String) -> [String] {
    let (width, height) = (Double(size.width), Double(size.height))
    let (left, right) = (fixed(150 / width, 4), fixed(1 - 50 / width, 4))
    let (bottom, top) = (fixed(240 / height, 4), fixed(1 - 90 / height, 4))
    let (gapX, gapY) = (fixed(160 / width, 4), fixed(190 / height, 4))
    let tics = names.enumerated().map { "\(gnuplotTick($1)) \($0)" }.joined(separator: ", ")
    var commands = [
      "set multiplot layout \(rows),\(columns) title \(gnuplotQuoted(heading)) "
        + "font 'sans-serif,20' margins screen \(left),\(right),\(bottom),\(top) "
        + "spacing screen \(gapX),\(gapY)",
      "unset grid", "set border 15", "set style fill solid noborder",
      "set xrange [-0.5:\(names.count).0-0.5]", "set yrange [\(names.count).0-0.5:-0.5]",
      "set xtics rotate by 60 right font 'sans-serif,12' (\(tics))",
      "set ytics font 'sans-serif,12' (\(tics))",
    ]
    // A scale below the first map of either kind.
    var scaled: Set<Bool> = []
    for (index, map) in maps.enumerated() {
      let isFirst = scaled.insert(map.isDifference).inserted
      commands +=
        palette(map) + [isFirst ? colorBox(map, width, height) : "unset colorbox"] + [
          "set title \(gnuplotQuoted(map.title))", plot(map, file: file, index: index),
        ]
    }
    return commands + ["unset multiplot"]
  }

  private func palette(_ map: Map) -> [String] {
    let more = "0 'white', 20 '#C6DBEF', 60 '#4292C6', 100 '#\(Self.more)'"
    guard map.isDifference else {
      return ["set cbrange [0:100]", "set cbtics 50", "set palette defined (\(more))"]
    }
    let less = "-100 '#\(Self.less)', -60 '#E08214', -20 '#FDDBAE'"
    return [
      "set cbrange [-\(plain(reach)):\(plain(reach))]", "set cbtics \(plain(reach / 2))",
      "set palette defined (\(less), \(more))",
    ]
  }

  private func colorBox(_ map: Map, _ width: Double, _ height: Double) -> String {
    let unit = map.isDifference ? "points more or less than CE" : "percent of the true class"
    let left = map.isDifference && maps.contains { !$0.isDifference } ? 650.0 : 150
    return "set cblabel \(gnuplotQuoted(unit)); set colorbox horizontal user origin screen "
      + "\(fixed(left / width, 4)),\(fixed(72 / height, 4)) size screen "
      + "\(fixed(300 / width, 4)),\(fixed(14 / height, 4))"
  }

  private func plot(_ map: Map, file: String, index: Int) -> String {
    return
      "h(x)=\(map.isDifference ? "x<0?\(0.5 - Self.inset):0.5" : "0.5"); plot \(gnuplotQuoted(file)) index "
      + "\(index) using 2:1:($2-h($3)):($2+h($3)):($1-h($3)):($1+h($3)):3 with boxxyerror "
      + "fillcolor palette"
  }
}
