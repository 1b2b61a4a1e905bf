import Files

/// Bars on a logarithmic scale, percent.
struct BarPlot: PlotDrawing {
  struct Bar {
    let name: String
    /// Percent; 0: no bar.
    let value: Double
    /// `RRGGBB`.
    let color: String
  }

  let title: String
  let yTitle: String
  let bars: [Bar]
  let size = (width: 1100, height: 560)

  var blocks: [[String]] {
    [
      bars.enumerated().filter { $0.element.value > 0 }.map { place, bar in
        "\(place) \(gnuplotNumber(bar.value, 6)) 0x\(bar.color)"
      }
    ]
  }

  func commands(data file: String) -> [String] {
    let names = bars.enumerated().map { "\(gnuplotTick($1.name)) \($0)" }.joined(separator: ", ")
    return [
      "set title \(gnuplotQuoted(title)) font 'sans-serif,20'", "set logscale y",
      "set ylabel \(gnuplotQuoted(yTitle))", "set boxwidth 0.7", "set style fill solid",
      "set xrange [-0.6:\(bars.count).0-0.4]", "set yrange [\(low):100]",
      "set xtics rotate by 40 right (\(names))",
      // gnuplot fails where there is no bar.
      bars.contains { $0.value > 0 }
        ? "plot \(gnuplotQuoted(file)) using 1:2:3 with boxes lc rgb variable"
        : "plot NaN notitle",
    ]
  }

  /// The power of ten below the smallest bar, at most 10: also a single class has an axis.
  private var low: Double {
    let least = bars.map(\.value).filter { $0 > 0 }.min() ?? 1
    var bound = 10.0
    while bound > least { bound /= 10 }
    return bound
  }

  func svg(name: String) -> HTML {
    let frame = PlotFrame(
      width: 520, height: 320, names: 95,
      x: PlotAxis("", from: -0.6, to: Double(bars.count) - 0.4),
      y: PlotAxis(yTitle, from: low, to: 100, isLogarithmic: true))
    let drawn = bars.enumerated().map { place, bar -> HTML in
      let middle = frame.pixel(Point(x: Double(place), y: low))
      let text: HTML =
        "<text transform=\"translate(\(middle.x + 4) \(frame.area.maxY + 14)) rotate(-40)\" text-anchor=\"end\" font-size=\"12\">\(bar.name)</text>"
      guard bar.value > 0 else { return text }
      let top = frame.pixel(Point(x: Double(place) - 0.35, y: bar.value))
      let right = frame.pixel(Point(x: Double(place) + 0.35, y: bar.value)).x
      return
        "<path fill=\"#\(bar.color)\" d=\"M\(top.x) \(middle.y)V\(top.y)H\(right)V\(middle.y)Z\"/>\(text)"
    }
    let words = bars.map { "\($0.name) \(fixed($0.value, 2)) %" }.joined(separator: ", ")
    return frame.svg(
      name: "\(name): \(words)", isSinglePicture: true, class: "lines bars", drawn.joined("\n"))
  }
}
