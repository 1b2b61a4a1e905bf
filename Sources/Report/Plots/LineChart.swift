/// Curves over the iterations of training.
struct LineChart {
  struct Line {
    /// x: iteration.
    let points: [Point]
    let style: MarkerStyle
    /// What the tooltip says, a line each; nil: the curve has none of its own.
    var tip: String?
    /// Written beside the last point.
    var label: String?
    /// Whether it is only a background for the others.
    var isFaint = false
    /// The spread around each point, behind all lines; empty: there is none.
    var band: [SeedBand.Band] = []
  }

  let name: String
  let yTitle: String
  let lines: [Line]
  var width = 480.0
  var height = 320.0
  var xTitle = "iteration"
  var ticks = 5
  /// Kept free on the right, for labels.
  var right = 20.0
  var scale = LinePlot.Chart.Scale.fitted
  /// Whether some points of each line are marked by its shape.
  var hasMarks = false

  /// Curves that have nothing to draw are left out.
  init(name: String, yTitle: String, lines: [Line]) {
    (self.name, self.yTitle) = (name, yTitle)
    self.lines = lines.map { line in
      Line(
        points: line.points.filter { $0.x.isFinite && $0.y.isFinite }, style: line.style,
        tip: line.tip, label: line.label, isFaint: line.isFaint, band: line.band)
    }.filter { !$0.points.isEmpty }
  }

  private var frame: PlotFrame {
    let points = lines.flatMap(\.points)
    let last = points.map(\.x).max() ?? 1
    let bands = lines.flatMap(\.band)
    let heights = points.map(\.y) + bands.map(\.low) + bands.map(\.high)
    let (low, high) = (heights.min() ?? 0, heights.max() ?? 1)
    let margin = (high - low) * 0.05
    if scale == .logarithmic {
      let positive = points.map(\.y).filter { $0 > 0 }.min() ?? 1
      return PlotFrame(
        width: width, height: height, right: right,
        x: PlotAxis(xTitle, from: 0, to: last, ticks: ticks),
        y: PlotAxis(yTitle, from: positive / 1.2, to: high * 1.2, isLogarithmic: true))
    }
    return PlotFrame(
      width: width, height: height, right: right,
      x: PlotAxis(xTitle, from: 0, to: last, ticks: ticks),
      y: PlotAxis(
        yTitle, from: scale == .fromZero ? 0 : max(0, low - margin), to: high + margin, ticks: ticks
      ))
  }

  var svg: HTML {
    let frame = frame
    let curves =
      (lines.filter { !$0.band.isEmpty }.map { band($0, frame) }
      + lines.map { curve($0, frame) }).joined("\n")
    return frame.svg(
      name: name, isSinglePicture: lines.allSatisfy { $0.tip == nil }, class: "lines",
      "\(curves)\n\(labels(frame))")
  }

  private func curve(_ line: Line, _ frame: PlotFrame) -> HTML {
    let points = line.points.map(frame.pixel)
    let path: HTML = "<path class=\"curve\" d=\"M\(Self.path(points))\"/>"
    let marked = hasMarks && !line.isFaint ? Self.spread(points) : []
    let marks = marked.map { Self.mark(line.style, at: $0) }.joined()
    let properties = MarkerColors(line.style).properties
    guard let tip = line.tip else {
      let kind: HTML = line.isFaint ? "series faint" : "series"
      return "<g style=\"\(properties)\" class=\"\(kind)\">\(path)\(marks)</g>"
    }
    return """
      <g style="\(properties)" class="series mark" tabindex="0" role="img" aria-label="\(tip)" data-tip>\(path)\(marks)</g>
      """
  }

  private static func mark(_ style: MarkerStyle, at point: Point) -> HTML {
    "<path class=\"\(style.isFilled ? "filled" : "hollow")\" transform=\"translate(\(point.x) \(point.y))\" d=\"\(style.path(radius: 3.5))\"/>"
  }

  /// Up to eight of the points, the last among them.
  private static func spread(_ points: [Point]) -> [Point] {
    let step = (points.count + 7) / 8
    return points.indices.filter { (points.count - 1 - $0) % max(1, step) == 0 }.map { points[$0] }
  }

  private func band(_ line: Line, _ frame: PlotFrame) -> HTML {
    let outline =
      line.band.map { Point(x: $0.x, y: max($0.low, frame.y.low)) }
      + line.band.reversed().map { Point(x: $0.x, y: $0.high) }
    return """
      <g style="\(MarkerColors(line.style).properties)" class="series"><path class="band" d="M\(Self.path(outline.map(frame.pixel)))Z"/></g>
      """
  }

  private static func path(_ points: [Point]) -> HTML {
    points.map { "\($0.x) \($0.y)" as HTML }.joined("L")
  }

  /// Right of the data, at the height of the curves' ends, moved apart where they would lie on each other:
  /// joined to the ends by lines if all are at the edge, else led by the curves' marks.
  private func labels(_ frame: PlotFrame) -> HTML {
    let size = 12.0
    let named = lines.compactMap { line -> (text: String, style: MarkerStyle, at: Point)? in
      guard let text = line.label, let last = line.points.last else { return nil }
      return (text, line.style, frame.pixel(last))
    }.sorted { ($0.at.y, -$0.at.x, $0.text) < ($1.at.y, -$1.at.x, $1.text) }
    var heights = named.map(\.at.y)
    for index in heights.indices.dropFirst() {
      heights[index] = max(heights[index], heights[index - 1] + size * 1.15)
    }
    // What was pushed over the lower edge moves everything above it up.
    var limit = frame.area.maxY
    for index in heights.indices.reversed() {
      heights[index] = min(heights[index], limit)
      limit = heights[index] - size * 1.15
    }
    let edge = frame.area.maxX
    let areJoined = named.allSatisfy { $0.at.x > edge - 2 }
    return zip(named, heights).map { line, height -> HTML in
      let sign: HTML =
        areJoined
        ? "<path class=\"leader\" d=\"M\(line.at.x + 5) \(line.at.y)L\(edge + 14) \(height)\"/>"
        : Self.mark(line.style, at: Point(x: edge + 9, y: height))
      return
        "<g style=\"\(MarkerColors(line.style).properties)\" class=\"series\" aria-hidden=\"true\">\(sign)<text x=\"\(edge + 17)\" y=\"\(height + size * 0.35)\" font-size=\"\(size)\">\(line.text)</text></g>"
    }.joined("\n")
  }
}
