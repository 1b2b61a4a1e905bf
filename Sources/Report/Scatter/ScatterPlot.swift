import Files

/// A scatter chart as the page draws it: marks with tooltips, and the same numbers in a table.
struct ScatterPlot {
  struct Mark {
    let series: ScatterSeries
    let colors: MarkerColors
    let x: Statistic
    let y: Statistic

    init?(_ series: ScatterSeries) {
      guard let x = Statistic(series.seeds.map(\.point.x)),
        let y = Statistic(series.seeds.map(\.point.y))
      else { return nil }
      (self.series, self.x, self.y) = (series, x, y)
      colors = MarkerColors(series.style)
    }

    var name: String { series.name }

    /// Over its runs: training and evaluation; nil for the paper's figures.
    var seconds: Statistic? { series.row.flatMap { Statistic($0.runs.map(\.seconds)) } }

    var seedList: String { series.seeds.map { "\($0.seed)" }.joined(separator: ", ") }

    /// What the tooltip says, a line each.
    func tip(_ quantities: (x: String, y: String), onFront: Bool) -> String {
      var lines = [name, "\(quantities.y) \(shown(y)) %", "\(quantities.x) \(shown(x)) %"]
      if let seconds {
        lines.append(series.seeds.count == 1 ? "seed \(seedList) alone" : "seeds \(seedList)")
        lines.append("\(fixed(seconds.mean, 1)) s per run")
      } else {
        lines.append(series.origin)
      }
      if onFront { lines.append("no loss here surpasses it in both") }
      return lines.joined(separator: "\n")
    }
  }

  private let chart: ScatterChart
  private let marks: [Mark]
  private let frame: PlotFrame
  private static let radius = 6.5

  init(_ chart: ScatterChart) {
    self.chart = chart
    marks = chart.series.compactMap(Mark.init)
    let range = chart.range
    frame = PlotFrame(
      width: 480, height: 400,
      x: PlotAxis(chart.quantities.x + " (%)", from: range.minX, to: range.maxX),
      y: PlotAxis(chart.quantities.y + " (%)", from: range.minY, to: range.maxY))
  }

  /// The plot, and its text alternative.
  var figure: HTML {
    guard !marks.isEmpty else { return "<p>No finished run.</p>" }
    let drawn = Set(marks.map(\.name))
    let absent = chart.losses.filter { !drawn.contains($0) }
    let name =
      "Scatter of \(chart.quantities.y) against \(chart.quantities.x), \(chart.title): \(marks.count) losses; the table "
      + "below has the same numbers"
    let note: HTML =
      absent.isEmpty ? .empty : "<p>No finished run of \(absent.joined(separator: ", ")).</p>\n"
    return """
      \(frame.svg(name: name, isSinglePicture: false, class: "scatter", content))
      \(note)\(folded("The same in numbers", table.html))
      """
  }

  private var table: DataTable {
    DataTable(
      caption: "Means over seeds ± sample standard deviation",
      name: "\(chart.title): means over seeds", rowHeader: "loss",
      columns: [chart.quantities.y, chart.quantities.x].map { .init(title: $0 + " (%)") }
        + [.init(title: "seeds", isNumeric: false), .init(title: "seconds per run")],
      rows: chart.losses.map { label in
        guard let mark = marks.first(where: { $0.name == label }) else {
          return .init(label: label, cells: [dash, dash, dash, dash])
        }
        return .init(
          label: label,
          cells: [
            shown(mark.y), shown(mark.x), mark.seconds == nil ? dash : mark.seedList,
            mark.seconds.map { fixed($0.mean, 1) } ?? dash,
          ])
      })
  }

  private func at(_ mark: Mark) -> Point {
    frame.pixel(Point(x: mark.x.mean, y: mark.y.mean))
  }

  private var front: [Mark] {
    ScatterSeries.front(marks.map(\.series)).compactMap { series in
      marks.first { $0.series.label == series.label }
    }
  }

  private var content: HTML {
    let onFront = Set(front.map(\.name))
    var lines: HTML = .empty
    for focal in marks where focal.series.isFocal {
      let here = at(focal)
      lines +=
        "<path class=\"guide\" d=\"M\(here.x) \(frame.area.minY)V\(frame.area.maxY)M\(frame.area.minX) \(here.y)H\(frame.area.maxX)\"/>\n"
    }
    let path = front.map { "\(at($0).x) \(at($0).y)" as HTML }.joined("L")
    lines += "<path class=\"front\" d=\"M\(path)\"/>"
    lines += chart.curves.map(curve).joined("\n")
    return """
      \(lines)
      \(marks.map(spread).joined("\n"))
      \(marks.map(ring).joined())
      \(labels)
      \(marks.map { mark($0, onFront: onFront.contains($0.name)) }.joined("\n"))
      """
  }

  /// The curve with its band, and a dot with a tooltip for each strength.
  private func curve(_ curve: CorrectionCurve) -> HTML {
    let band = curve.band.map { path(frame.pixel($0)) }.joined("L")
    let line = curve.mean.map { path(frame.pixel($0)) }.joined("L")
    let dots = zip(curve.mean, curve.taus).map { point, tau -> HTML in
      let at = frame.pixel(point)
      let tip =
        "CE @ \(plain(tau)): prior corrected\n\(chart.quantities.y) \(fixed(point.y, 2)) %\n"
        + "\(chart.quantities.x) \(fixed(point.x, 2)) %"
      return
        "<g class=\"corrected\" tabindex=\"0\" role=\"img\" aria-label=\"\(tip)\" data-tip transform=\"translate(\(at.x) \(at.y))\"><circle class=\"hit\" r=\"8\"/><circle r=\"2.5\"/></g>"
    }.joined()
    return """
      \(curve.band.isEmpty ? .empty : "<path class=\"band\" d=\"M\(band)Z\"/>")
      <path class="correction" d="M\(line)"/>\(dots)
      """
  }

  private func path(_ point: Point) -> HTML { "\(point.x) \(point.y)" }

  /// Horizontally and vertically, one standard deviation to either side of the mean; none for a
  /// single seed.
  private func bars(_ mark: Mark) -> [Segment] {
    guard let dx = mark.x.deviation, let dy = mark.y.deviation else { return [] }
    let center = at(mark)
    let low = frame.pixel(Point(x: mark.x.mean - dx, y: mark.y.mean - dy))
    let high = frame.pixel(Point(x: mark.x.mean + dx, y: mark.y.mean + dy))
    return [
      Segment(from: Point(x: low.x, y: center.y), to: Point(x: high.x, y: center.y)),
      Segment(from: Point(x: center.x, y: low.y), to: Point(x: center.x, y: high.y)),
    ]
  }

  private func spread(_ mark: Mark) -> HTML {
    let bars = bars(mark).map { "M\($0.from.x) \($0.from.y)L\($0.to.x) \($0.to.y)" as HTML }
    guard !bars.isEmpty else { return .empty }
    let style = mark.series.style
    let seeds = mark.series.seeds.map { seed -> HTML in
      let point = frame.pixel(seed.point)
      return
        "<path class=\"\(style.isFilled ? "filled" : "hollow")\" transform=\"translate(\(point.x) \(point.y))\" d=\"\(style.path(radius: 2.5))\"/>"
    }
    return
      "<g style=\"\(mark.colors.properties)\" class=\"series spread\" aria-hidden=\"true\"><path d=\"\(bars.joined())\"/>\(seeds.joined())</g>"
  }

  /// Around the loss that the report is about.
  private func ring(_ mark: Mark) -> HTML {
    guard let loss = mark.series.row?.loss, chart.highlighted.contains(loss.notation) else {
      return .empty
    }
    let center = at(mark)
    return
      "<circle class=\"ring\" cx=\"\(center.x)\" cy=\"\(center.y)\" r=\"\(Self.radius + 5)\"/>\n"
  }

  private func mark(_ mark: Mark, onFront: Bool) -> HTML {
    let (center, style) = (at(mark), mark.series.style)
    return
      "<g style=\"\(mark.colors.properties)\" class=\"series mark\" tabindex=\"0\" role=\"img\" aria-label=\"\(mark.tip(chart.quantities, onFront: onFront))\" data-tip transform=\"translate(\(center.x) \(center.y))\"><circle class=\"hit\" r=\"12\"/><path class=\"\(style.isFilled ? "filled" : "hollow")\" d=\"\(style.path(radius: Self.radius))\"/></g>"
  }

  /// The labels that the printed figure has, placed as there.
  private var labels: HTML {
    // The placement counts in pixels of a figure about this much larger.
    let scale = 1.6
    func scaled(_ point: Point) -> Point { Point(x: point.x * scale, y: point.y * scale) }
    let area = Box(
      minX: frame.area.minX * scale, minY: frame.area.minY * scale, maxX: frame.area.maxX * scale,
      maxY: frame.area.maxY * scale)
    let size = 13.0
    let boxes = marks.flatMap { mark -> [Box] in
      let seeds = mark.series.seeds.count > 1 ? mark.series.seeds.map(\.point) : []
      return [Box(center: scaled(at(mark)), width: 22, height: 22)]
        + seeds.map { Box(center: scaled(frame.pixel($0)), width: 10, height: 10) }
    }
    // Labels are better not written over reference lines, the front and bars.
    let reference = marks.filter(\.series.isFocal).flatMap { mark -> [Segment] in
      let (here, area) = (at(mark), frame.area)
      return [
        Segment(from: Point(x: here.x, y: area.minY), to: Point(x: here.x, y: area.maxY)),
        Segment(from: Point(x: area.minX, y: here.y), to: Point(x: area.maxX, y: here.y)),
      ]
    }
    let lines = chart.lines.map {
      Segment(from: frame.pixel($0.from), to: frame.pixel($0.to))
    }
    let guides = (reference + lines + marks.flatMap(bars)).map {
      Segment(from: scaled($0.from), to: scaled($0.to))
    }
    let ends = chart.curves.compactMap { curve in curve.mean.last.map { (curve.label, $0) } }
    let wanted = marks.map { ($0.series.label, at($0)) } + ends.map { ($0.0, frame.pixel($0.1)) }
    let placed = LabelPlacement(area: area.grown(by: -4), markers: boxes, guides: guides).place(
      wanted.map { text, anchor in
        LabelPlacement.Request(
          anchor: scaled(anchor), width: (Double(text.count) * size * 0.58 + 2) * scale,
          height: size * 1.15 * scale)
      })
    let curveLabels = zip(ends, placed.dropFirst(marks.count)).map { end, label -> HTML in
      let middle = label.box.center
      return
        "<text class=\"correction\" x=\"\(middle.x / scale)\" y=\"\(middle.y / scale + size * 0.35)\" font-size=\"\(size)\" text-anchor=\"middle\" aria-hidden=\"true\">\(end.0)</text>"
    }.joined("\n")
    return curveLabels
      + zip(marks, placed).map { mark, label -> HTML in
        let middle = label.box.center
        let leader = label.leader.map { line -> HTML in
          "<path class=\"leader\" d=\"M\(line.from.x / scale) \(line.from.y / scale)L\(line.to.x / scale) \(line.to.y / scale)\"/>"
        }
        return
          "<g style=\"\(mark.colors.properties)\" class=\"series\" aria-hidden=\"true\">\(leader ?? .empty)<text x=\"\(middle.x / scale)\" y=\"\(middle.y / scale + size * 0.35)\" font-size=\"\(size)\" text-anchor=\"middle\">\(mark.series.label)</text></g>"
      }.joined("\n")
  }
}
