import Files

/// gnuplot's script and data file of the scatter figure, to be run from their own folder.
struct ScatterScript {
  let layout: ScatterLayout
  /// Of the files, without the extension.
  let name: String

  /// Blocks separated by two blank lines, two for each loss of each panel: the mean over seeds, then
  /// the seeds; then two for each curve: its points, and the outline of its band.
  var data: String {
    var lines = ["# Percent. Script: \(name).gp"]
    var index = 0
    for chart in layout.charts.map(\.chart) {
      for series in chart.series {
        if index > 0 { lines += ["", ""] }
        lines.append("# index \(index): \(chart.slug), \(series.name), mean over seeds")
        lines.append("# mean_iou mean_accuracy seeds")
        lines.append(
          "\(coordinates(series.mean)) \(series.seeds.count)")
        lines += ["", "", "# index \(index + 1): single seeds"]
        lines.append("# mean_iou mean_accuracy seed mean_iou_of_all mean_accuracy_of_all")
        for (seed, point) in series.seeds {
          lines.append(
            "\(coordinates(point)) \(seed) \(coordinates(series.mean))")
        }
        index += 2
      }
    }
    for curve in layout.charts.flatMap(\.chart.curves) {
      lines += [
        "", "", "# index \(index): cross-entropy with its prior corrected, mean over seeds",
      ]
      lines.append("# mean_iou mean_accuracy tau")
      lines += zip(curve.mean, curve.taus).map { "\(coordinates($0)) \(plain($1))" }
      lines += ["", "", "# index \(index + 1): one standard deviation of the seeds to either side"]
      lines += curve.band.isEmpty ? ["NaN NaN"] : curve.band.map(coordinates)
      index += 2
    }
    return gnuplotBlocks([lines])
  }

  private func coordinates(_ point: Point) -> String {
    "\(gnuplotNumber(point.x, 4)) \(gnuplotNumber(point.y, 4))"
  }

  /// Draws a PNG, an SVG and, where gnuplot can, a PDF.
  var script: String {
    let (w, h) = (layout.width, layout.height)
    var lines = [
      "# \(layout.title). Run in this folder: gnuplot \(name).gp",
      "set encoding utf8",
    ]
    lines += gnuplotTerminals(
      width: w, height: h, fontSize: Int(ScatterLayout.fontSize), output: name)
    lines += [
      "set multiplot",
      "set border 3 lc rgb '#555555'", "set tics nomirror out scale 0.6", "set format '%g'",
      "set grid lc rgb '#E4E4E4' lt 1", "unset key",
      // Where there is no free place for a label, lines end at it.
      "set style textbox opaque noborder margins 0.3,0.2 fillcolor rgb 'white'",
    ]
    lines.append(
      "set label 1 \(gnuplotQuoted(layout.title)) at screen 0.5,\(screenY(Double(h) - 32)) center font 'sans-serif,26'"
    )
    for (index, line) in layout.captions.enumerated() {
      let y = (Double(layout.captions.count - index) - 0.2) * ScatterLayout.captionLine + 2
      lines.append(
        "set label \(index + 2) \(gnuplotQuoted(line)) at screen \(screenX(20)),\(screenY(y)) left "
          + "font 'sans-serif,\(Int(ScatterLayout.captionSize))' tc rgb '#333333'")
    }
    var series = 0
    var curves = layout.charts.reduce(0) { $0 + $1.chart.series.count }
    for (index, placed) in layout.charts.enumerated() {
      lines += draw(placed, firstSeries: series, firstCurve: curves)
      series += placed.chart.series.count
      curves += placed.chart.curves.count
      // The title and the captions belong to the whole: they are drawn with the first chart.
      if index == 0 { lines.append("unset label") }
    }
    lines += ["unset multiplot", "unset output", "}"]
    return gnuplotScript(lines)
  }

  private func draw(
    _ placed: ScatterLayout.Placed, firstSeries: Int, firstCurve: Int
  ) -> [String] {
    let (chart, frame) = (placed.chart, placed.frame)
    var lines = [
      "set lmargin at screen \(screenX(frame.minX))",
      "set rmargin at screen \(screenX(frame.maxX))",
      "set bmargin at screen \(screenY(frame.minY))",
      "set tmargin at screen \(screenY(frame.maxY))",
      "set title \(gnuplotQuoted(chart.title)) offset 0,-0.3" + titleFont,
      "set xlabel \(gnuplotQuoted(chart.quantities.x + " (%)")) offset 0,0.2",
      "set ylabel \(gnuplotQuoted(chart.quantities.y + " (%)"))",
      "set xrange [\(fixed(placed.range.minX, 4)):\(fixed(placed.range.maxX, 4))]",
      "set yrange [\(fixed(placed.range.minY, 4)):\(fixed(placed.range.maxY, 4))]",
    ]
    for focal in chart.series where focal.isFocal {
      let (x, y) = (fixed(focal.mean.x, 4), fixed(focal.mean.y, 4))
      for line in [
        "from \(x),graph 0 to \(x),graph 1", "from graph 0,first \(y) to graph 1,first \(y)",
      ] {
        lines.append("set arrow \(line) nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'")
      }
    }
    let front = ScatterSeries.front(chart.series).map(\.mean)
    for (a, b) in zip(front, front.dropFirst()) {
      lines.append(
        "set arrow from \(fixed(a.x, 4)),\(fixed(a.y, 4)) to \(fixed(b.x, 4)),\(fixed(b.y, 4)) nohead "
          + "back lw 5 lc rgb '#E8DDBB'")
    }
    let colors =
      chart.series.map(\.style.textColor) + chart.curves.map { _ in CorrectionCurve.color }
    for ((labeled, color), label) in zip(zip(chart.labeled, colors), placed.labels) {
      if let leader = label.leader {
        lines.append(
          "set arrow from screen \(screen(leader.from)) to screen \(screen(leader.to)) nohead back "
            + "lw 1.2 lc rgb '#\(color)'")
      }
      lines.append(
        "set label \(gnuplotQuoted(labeled.text)) at screen \(screen(label.box.center)) center front boxed "
          + "tc rgb '#\(color)'")
    }
    if chart.series.isEmpty {
      lines += ["set label 'no finished run' at graph 0.5,0.5 center", "plot NaN notitle"]
    } else {
      lines.append(
        "plot "
          + plots(chart, firstSeries: firstSeries, firstCurve: firstCurve).joined(
            separator: gnuplotContinuation))
    }
    return lines + ["unset label", "unset arrow"]
  }

  /// A smaller font for all titles where one would be cut off at its chart's edge; gnuplot keeps a
  /// title's font for those that follow.
  private var titleFont: String {
    let sizes = layout.charts.map { placed in
      (placed.frame.maxX - placed.frame.minX + 2 * ScatterLayout.rightMargin)
        / (0.56 * Double(placed.chart.title.count))
    }
    guard let size = sizes.min(), size < ScatterLayout.fontSize else { return "" }
    return " font 'sans-serif,\(Int(size))'"
  }

  private func plots(_ chart: ScatterChart, firstSeries: Int, firstCurve: Int) -> [String] {
    let curves = chart.curves.indices.flatMap { i -> [String] in
      let (data, color) = ("\(gnuplotQuoted(name + ".dat")) index", CorrectionCurve.color)
      return [
        "\(data) \(2 * (firstCurve + i) + 1) using 1:2 with filledcurves closed lc rgb '#D0\(color)'",
        "\(data) \(2 * (firstCurve + i)) using 1:2 with linespoints pt 7 ps 0.5 lw 2 lc rgb '#\(color)'",
      ]
    }
    let numbered = Array(chart.series.enumerated())
    let seeds = numbered.filter { $0.element.seeds.count > 1 }.flatMap { index, series in
      let source = "\(gnuplotQuoted(name + ".dat")) index \(2 * (firstSeries + index) + 1)"
      let style = series.style
      return [
        "\(source) using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80\(style.color)'",
        "\(source) using 1:2 with points pt \(style.shape) ps 1.1 lc rgb '#60\(style.color)'",
      ]
    }
    let means = numbered.map { index, series in
      "\(gnuplotQuoted(name + ".dat")) index \(2 * (firstSeries + index)) using 1:2 with points "
        + "pt \(series.style.shape) ps 2.8 lw 2.5 lc rgb '#\(series.style.color)'"
    }
    let rings = numbered.filter { layout.isHighlighted($0.element) }.map {
      index, series in
      "\(gnuplotQuoted(name + ".dat")) index \(2 * (firstSeries + index)) using 1:2 with points pt 6 ps 5.5 lw 3 "
        + "lc rgb '#D40000'"
    }
    return curves + seeds + means + rings
  }

  private func screen(_ point: Point) -> String { "\(screenX(point.x)),\(screenY(point.y))" }
  private func screenX(_ x: Double) -> String { fixed(x / Double(layout.width), 5) }
  private func screenY(_ y: Double) -> String { fixed(y / Double(layout.height), 5) }
}
