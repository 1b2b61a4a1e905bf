import Files

extension IntervalPlot {
  /// Pixels of print.
  private enum Print {
    static let row = 24.0
    /// Above a line's charts: its title, theirs and what their intervals are over.
    static let (top, bottom) = (78.0, 62.0)
    static let chart = 210.0
    /// The width of a chart with numbers beside it.
    static let wideChart = 330.0
    static let gap = 26.0
    static let heading = 44.0
    static let (character, smallCharacter) = (9.6, 8.6)
  }

  private var labelWidth: Double {
    let rows = lines.flatMap(\.rows)
    let label = Double(rows.map(\.label.count).max() ?? 0) * Print.character
    let detail = Double(rows.map(\.detail.count).max() ?? 0) * Print.smallCharacter
    return 24 + label + (detail > 0 ? detail + 16 : 0)
  }

  private func numbersWidth(_ chart: Chart) -> Double {
    chart.numbers.isEmpty
      ? 0 : 12 + Double(chart.numbers.map(\.count).max() ?? 0) * Print.smallCharacter
  }

  private func chartWidth(_ chart: Chart) -> Double {
    chart.numbers.isEmpty ? Print.chart : Print.wideChart
  }

  private func width(_ line: Line) -> Double {
    line.charts.reduce(labelWidth + 16) { $0 + chartWidth($1) + numbersWidth($1) + Print.gap }
  }

  private func height(_ line: Line) -> Double {
    Print.top + Print.bottom + Double(line.rows.count) * Print.row
  }

  var size: (width: Int, height: Int) {
    let wide = lines.map(width).max() ?? 400
    // The heading is of larger letters.
    let least = Double(heading.count) * 12 + 40
    return (
      Int(clamping: max(wide, least).rounded(.up)),
      Int(clamping: (lines.reduce(Print.heading) { $0 + height($1) } + 6).rounded(.up))
    )
  }

  /// A block for each chart: a line for each mark.
  var blocks: [[String]] {
    lines.flatMap { line in
      line.charts.map { chart in
        let names = [line.title, chart.title, chart.quantity].filter { !$0.isEmpty }
        return [
          "# \(names.joined(separator: ", "))",
          "# difference low high row color shape whether_over_seeds",
        ]
          + chart.cells.enumerated().map { row, cell in
            guard let mark = cell.mark else { return "NaN NaN NaN \(row) 0 0 0" }
            let ends = mark.interval.map { [$0.lowerBound, $0.upperBound] } ?? []
            let numbers = ([mark.value] + ends).map { gnuplotNumber($0, 4) }
            return
              (numbers + (ends.isEmpty ? ["NaN", "NaN"] : []) + [
                "\(row)", "0x\(mark.style.color)", "\(mark.style.shape)",
                mark.coversSeeds ? "1" : "0",
              ]).joined(separator: " ")
          }
      }
    }
  }

  func commands(data file: String) -> [String] {
    let (width, height) = (Double(size.width), Double(size.height))
    var commands = [
      "set multiplot",
      "set label \(gnuplotQuoted(heading)) at screen 0.5,\(fixed(1 - 24 / height, 5)) center "
        + "font 'sans-serif,20'",
    ]
    var (top, block) = (Print.heading, 0)
    for line in lines {
      var left = labelWidth
      for (index, chart) in line.charts.enumerated() {
        let area = Box(
          minX: left / width, minY: 1 - (top + self.height(line) - Print.bottom) / height,
          maxX: (left + chartWidth(chart)) / width, maxY: 1 - (top + Print.top) / height)
        if index == 0 { commands += labels(line, area, top: top) }
        commands += draw(chart, line, area, file: file, block: block)
        left += chartWidth(chart) + numbersWidth(chart) + Print.gap
        block += 1
      }
      top += self.height(line)
    }
    return commands + ["unset multiplot"]
  }

  /// The line's title and its rows' labels; gnuplot draws them with the first chart.
  private func labels(_ line: Line, _ area: Box, top: Double) -> [String] {
    let (width, height) = (Double(size.width), Double(size.height))
    let edge = area.minX * width
    let detail = Double(line.rows.map(\.detail.count).max() ?? 0) * Print.smallCharacter
    let name = edge - 10 - (detail > 0 ? detail + 16 : 0)
    let title =
      "set label \(gnuplotQuoted(line.title)) at screen \(fixed(12 / width, 5)),"
      + "\(fixed(1 - (top + 18) / height, 5)) left font 'sans-serif:Bold,16'"
    return (line.title.isEmpty ? [] : [title])
      + line.rows.enumerated().flatMap { index, row in
        [
          "set label \(gnuplotQuoted(row.label)) at screen \(fixed(name / width, 5)),first \(index) "
            + "right font 'sans-serif\(row.isEmphasized ? ":Bold" : ""),16'",
          "set label \(gnuplotQuoted(row.detail)) at screen \(fixed((edge - 10) / width, 5)),"
            + "first \(index) right font 'sans-serif,14' tc rgb '#555555'",
        ]
      }
  }

  private func draw(_ chart: Chart, _ line: Line, _ area: Box, file: String, block: Int)
    -> [String]
  {
    let middle = (area.minX + area.maxX) / 2
    func above(_ pixels: Double) -> String {
      "\(fixed(middle, 5)),\(fixed(area.maxY + pixels / Double(size.height), 5)) center"
    }
    let axis = chart.axis
    let step = axis.ticks.count > 1 ? axis.ticks[1] - axis.ticks[0] : 1
    let notes = chart.cells.enumerated().compactMap { row, cell -> String? in
      guard case .note(let text) = cell, !text.isEmpty else { return nil }
      let side = chart.notesAreRight ? "left offset 0.6,0" : "right offset -0.6,0"
      return "set label \(gnuplotQuoted(text)) at 0,\(row) \(side) front tc rgb '#666666' "
        + "font 'sans-serif,14'"
    }
    let numbers = chart.numbers.enumerated().map {
      "set label \(gnuplotQuoted($1)) at graph 1.02,first \($0) left font 'sans-serif,14'"
    }
    return [
      "set lmargin at screen \(fixed(area.minX, 5))",
      "set rmargin at screen \(fixed(area.maxX, 5))",
      "set bmargin at screen \(fixed(area.minY, 5))",
      "set tmargin at screen \(fixed(area.maxY, 5))",
      "set xrange [\(gnuplotNumber(axis.low, 4)):\(gnuplotNumber(axis.high, 4))]",
      "set yrange [\(line.rows.count).0-0.5:-0.5]", "set xtics \(plain(step))",
      "set ytics 0,1 format '' scale 0", "set border 1 lc rgb '#555555'",
      "set xlabel \(gnuplotQuoted(chart.quantity)) font 'sans-serif,14'",
      "set label \(gnuplotQuoted(chart.title)) at screen \(above(30)) font 'sans-serif,16'",
      "set label \(gnuplotQuoted(chart.note)) at screen \(above(11)) tc rgb '#555555' "
        + "font 'sans-serif,13'",
      "set arrow from 0,graph 0 to 0,graph 1 nohead back lw 1.5 lc rgb '#555555'",
    ] + notes + numbers + arrows(chart)
      + [plots(file: file, block: block), "unset label", "unset arrow", "unset xlabel"]
  }

  /// At the ends of intervals that go on beyond the chart.
  private func arrows(_ chart: Chart) -> [String] {
    chart.cells.enumerated().flatMap { row, cell -> [String] in
      guard let mark = cell.mark, mark.value.isFinite, let cut = mark.cut(to: chart.range) else {
        return []
      }
      func arrow(_ edge: Double) -> String {
        "set arrow from \(gnuplotNumber(mark.value, 4)),\(row) to \(gnuplotNumber(edge, 4)),\(row) head filled "
          + "size screen 0.006,20 front lw 1 lc rgb '#\(mark.style.color)'"
      }
      return (cut.below ? [arrow(chart.range.lowerBound)] : [])
        + (cut.above ? [arrow(chart.range.upperBound)] : [])
    }
  }

  private func plots(file: String, block: Int) -> String {
    let source = "\(gnuplotQuoted(file)) index \(block) using"
    func bars(_ seeds: Int) -> String {
      "\(source) ($7==\(seeds)?$2:NaN):4:($3-$2):(0):5 with vectors nohead lc rgb variable "
        + (seeds == 1 ? "lw 3" : "lw 2 dt (4,3)")
    }
    return "plot "
      + [bars(1), bars(0), "\(source) 1:4:6:5 with points pt variable lc rgb variable ps 1.5 lw 2"]
      .joined(separator: gnuplotContinuation)
  }
}
