import Files

/// Charts of lines, over the iterations of training unless `xTitle` says otherwise.
struct LinePlot: PlotDrawing {
  struct Line {
    /// The place of its chart.
    let chart: Int
    let points: [Point]
    /// Of the values in the data file.
    let decimals: Int
    /// `RRGGBB`.
    let color: String
    /// gnuplot's point type, which marks the line here and there: lines are not told apart by color
    /// alone. nil: no marks.
    var shape: Int?
    var width = 2.0
    /// In the key, and beside the line on the page.
    var name: String?
    /// Above the block of the data file.
    var comment: String?
    /// The spread around each point; empty: there is none.
    var band: [SeedBand.Band] = []
  }

  struct Chart {
    enum Scale { case fitted, fromZero, logarithmic }

    let title: String
    var yTitle = ""
    var scale = Scale.fitted
  }

  /// Above all charts.
  let heading: String
  let charts: [Chart]
  let columns: Int
  /// In the order of the data file.
  let lines: [Line]
  let size: (width: Int, height: Int)
  /// gnuplot's margins and spacing, as parts of the picture; nil: as it finds them.
  var margins: String?
  /// Where the key begins, as a part of the width; nil: there is none.
  var key: Double?
  /// Between the ticks of the iterations; nil: as gnuplot finds it.
  var tickStep: Int?
  var xTitle = "iteration"
  /// Of the places across in the data file.
  var xDecimals = 0

  var blocks: [[String]] {
    lines.map { line in
      (line.comment.map { ["# \($0)"] } ?? [])
        + line.points.indices.map { row(line, $0) }
    }
  }

  /// A point, followed by the lower and upper end of its band if there is one.
  private func row(_ line: Line, _ index: Int) -> String {
    let point = line.points[index]
    let ends =
      line.band.indices.contains(index) ? [line.band[index].low, line.band[index].high] : []
    return
      ([gnuplotNumber(point.x, xDecimals)]
      + ([point.y] + ends).map { gnuplotNumber($0, line.decimals) }).joined(separator: " ")
  }

  func commands(data file: String) -> [String] {
    let rows = (charts.count + columns - 1) / columns
    var commands = [
      "set multiplot layout \(rows),\(columns) title \(gnuplotQuoted(heading)) "
        + "font 'sans-serif,20'" + (margins.map { " margins \($0)" } ?? ""),
      "set xlabel \(gnuplotQuoted(xTitle))",
    ]
    if let tickStep { commands.append("set xtics \(tickStep)") }
    for (index, chart) in charts.enumerated() {
      commands += settings(chart, isEmpty: !hasPoints(index))
      if let key, index == charts.count - 1 {
        commands.append("set key at screen \(key),0.8 left top Left reverse")
      }
      // gnuplot fails where no point can be drawn.
      guard hasPoints(index) else {
        commands += ["plot NaN notitle", "set xrange [*:*]"]
        continue
      }
      let own = lines.enumerated().filter { $0.element.chart == index }
      let bands = own.filter { !$0.element.band.isEmpty }.map {
        "\(gnuplotQuoted(file)) index \($0.offset) using 1:3:4 " + bandStyle($0.element)
      }
      let drawn = own.map {
        "\(gnuplotQuoted(file)) index \($0.offset) using 1:2 " + style($0.element)
      }
      commands.append("plot " + (bands + drawn).joined(separator: gnuplotContinuation))
    }
    return commands + ["unset multiplot"]
  }

  /// Whether a chart has a point that its axes can show.
  private func hasPoints(_ chart: Int) -> Bool {
    let least: Double =
      switch charts[chart].scale {
      case .fitted: -.infinity
      // Zero itself is shown.
      case .fromZero: -.leastNonzeroMagnitude
      case .logarithmic: 0
      }
    return lines.contains { line in
      line.chart == chart
        && line.points.contains { $0.y > least && gnuplotNumber($0.y, line.decimals) != "NaN" }
    }
  }

  private func settings(_ chart: Chart, isEmpty: Bool) -> [String] {
    let scale =
      switch chart.scale {
      case _ where isEmpty: ["unset logscale y", "set xrange [0:1]", "set yrange [0:1]"]
      case .fitted: ["unset logscale y", "set yrange [*:*]"]
      case .fromZero: ["unset logscale y", "set yrange [0:*]"]
      case .logarithmic: ["set logscale y", "set yrange [*:*]"]
      }
    return [
      "set title \(gnuplotQuoted(chart.title))", "set ylabel \(gnuplotQuoted(chart.yTitle))",
    ] + scale
  }

  private func bandStyle(_ line: Line) -> String {
    "with filledcurves lc rgb '#D0\(line.color)' notitle"
  }

  private func style(_ line: Line) -> String {
    let marks = line.shape.map { "linespoints pt \($0) ps 1.1 pi \(max(1, line.points.count / 7))" }
    return "with \(marks ?? "lines") lw \(plain(line.width)) lc rgb '#\(line.color)' "
      + (line.name.map { "title \(gnuplotQuoted($0))" } ?? "notitle")
  }

  func svg(name: String) -> HTML {
    let drawn = charts.indices.map { index -> HTML in
      let lines = lines.filter { $0.chart == index }
      var chart = LineChart(
        name: "\(name): \(charts[index].title)", yTitle: charts[index].yTitle,
        lines: lines.map { line in
          LineChart.Line(
            points: Self.thinned(line.points),
            style: MarkerStyle(shape: line.shape ?? 7, color: line.color, textColor: line.color),
            label: line.name, isFaint: line.name == nil, band: Self.thinned(line.band))
        })
      let longest = lines.compactMap { $0.name?.count }.max() ?? 0
      chart.right = 24 + 7 * Double(min(longest, 22))
      chart.hasMarks = lines.contains { $0.shape != nil }
      (chart.scale, chart.xTitle) = (charts[index].scale, xTitle)
      return "<div>\n<p class=\"over\">\(charts[index].title)</p>\n\(chart.svg)\n</div>"
    }
    return "<div class=\"pairs\">\n\(drawn.joined("\n"))\n</div>"
  }

  /// At most 60 points, the first and the last among them: the page stays small.
  static func thinned<Element>(_ points: [Element]) -> [Element] {
    guard points.count > 60 else { return points }
    let step = Double(points.count - 1) / 59
    return (0..<60).map { points[Int((Double($0) * step).rounded())] }
  }
}
