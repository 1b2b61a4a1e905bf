import Files
import Foundation

/// One axis of a plot.
struct PlotAxis {
  let title: String
  let low: Double
  let high: Double
  let ticks: [Double]
  let isLogarithmic: Bool
  private let decimals: Int

  /// - Parameters:
  ///   - range: widened by nothing; of no extent, it becomes one of 1.
  ///   - wanted: about as many ticks.
  ///   - isLogarithmic: of a range above 0; ticks are then powers of ten.
  init(
    _ title: String, from low: Double, to high: Double, ticks wanted: Int = 5,
    isLogarithmic: Bool = false
  ) {
    self.title = title
    (self.low, self.high) = Self.range(low, high)
    self.isLogarithmic = isLogarithmic && low > 0 && high > low && self.low > 0
    guard !self.isLogarithmic else {
      let first = Int(clamping: (log10(self.low) - 1e-9).rounded(.up))
      let last = Int(clamping: (log10(self.high) + 1e-9).rounded(.down))
      ticks = first <= last ? (first...last).map { pow(10, Double($0)) } : []
      decimals = 0
      return
    }
    let raw = (self.high - self.low) / Double(max(1, wanted))
    let exponent = log10(raw).rounded(.down)
    let unit = pow(10, exponent)
    let step = [1, 2, 5, 10].map { $0 * unit }.first { $0 >= raw * 0.999 } ?? raw
    decimals = min(15, max(0, Int(clamping: -log10(step * 1.001).rounded(.down))))
    let first = Int(clamping: (self.low / step - 1e-9).rounded(.up))
    let last = Int(clamping: (self.high / step + 1e-9).rounded(.down))
    // Where numbers are so large that steps between them vanish, there are no ticks.
    let (count, overflow) = last.subtractingReportingOverflow(first)
    let hasTicks = !overflow && (0...1000).contains(count)
    ticks = hasTicks ? (first...last).map { Double($0) * step } : []
  }

  /// Ends that differ, whatever numbers a loss or a stored file gives.
  private static func range(_ low: Double, _ high: Double) -> (Double, Double) {
    guard low.isFinite else { return (0, 1) }
    let isRange = high.isFinite && high > low
    if isRange, abs(low) < most, abs(high) < most { return (low, high) }
    let (low, high) = (max(-most, min(most, low)), max(-most, min(most, high)))
    if isRange, high > low { return (low, high) }
    // A half is lost in a number above 2^53.
    let margin = abs(low) < 1e15 ? 0.5 : abs(low) / 1000
    return (low - margin, low + margin)
  }

  /// gnuplot takes numbers of more than about 1e307 for undefined.
  private static let most = 1e300

  func label(_ tick: Double) -> String {
    let text = isLogarithmic ? plain(tick) : fixed(tick, decimals)
    return text == dash ? plain(tick) : text
  }

  /// 0 at the low end, 1 at the high one.
  func part(_ value: Double) -> Double {
    isLogarithmic
      ? log(max(value, low) / low) / log(high / low) : (value - low) / (high - low)
  }
}

/// Where a plot's data lie; pixels from the upper left corner, as SVG counts.
struct PlotFrame {
  let width: Double
  let height: Double
  let area: Box
  let x: PlotAxis
  let y: PlotAxis
  let fontSize: Double
  /// Whether the axis across has numbers.
  private let hasNumbers: Bool

  /// - Parameters:
  ///   - right: kept free beside the data.
  ///   - names: kept free below the data for names in place of numbers; nil: there are numbers.
  init(
    width: Double, height: Double, fontSize: Double = 14, right: Double = 20,
    names: Double? = nil, x: PlotAxis, y: PlotAxis
  ) {
    hasNumbers = names == nil
    (self.width, self.height, self.fontSize) = (width, height, fontSize)
    (self.x, self.y) = (x, y)
    let digits = Double(y.ticks.map { y.label($0).count }.max() ?? 1)
    let left = digits * fontSize * 0.58 + 10 + (y.title.isEmpty ? 0 : fontSize * 1.6)
    let bottom =
      names ?? fontSize * 1.2 + 10 + (x.title.isEmpty ? 0 : fontSize * 1.4)
    area = Box(minX: left, minY: 8, maxX: width - right, maxY: height - bottom)
  }

  func pixel(_ point: Point) -> Point {
    Point(
      x: area.minX + x.part(point.x) * (area.maxX - area.minX),
      y: area.maxY - y.part(point.y) * (area.maxY - area.minY))
  }

  /// Grid, numbers and titles; not read out, since the words beside the plot say more.
  var axes: HTML {
    var grid: HTML = .empty
    var numbers: HTML = .empty
    for tick in x.ticks where hasNumbers {
      let at = pixel(Point(x: tick, y: y.low)).x
      grid += "M\(at) \(area.minY)V\(area.maxY + 4)"
      numbers +=
        "<text x=\"\(at)\" y=\"\(area.maxY + 6 + fontSize)\" text-anchor=\"middle\">\(x.label(tick))</text>"
    }
    for tick in y.ticks {
      let at = pixel(Point(x: x.low, y: tick)).y
      grid += "M\(area.minX - 4) \(at)H\(area.maxX)"
      numbers +=
        "<text x=\"\(area.minX - 7)\" y=\"\(at + fontSize * 0.35)\" text-anchor=\"end\">\(y.label(tick))</text>"
    }
    if !x.title.isEmpty {
      numbers +=
        "<text x=\"\((area.minX + area.maxX) / 2)\" y=\"\(height - 6)\" text-anchor=\"middle\">\(x.title)</text>"
    }
    if !y.title.isEmpty {
      let middle = (area.minY + area.maxY) / 2
      numbers +=
        "<text transform=\"translate(\(fontSize + 3) \(middle)) rotate(-90)\" text-anchor=\"middle\">\(y.title)</text>"
    }
    return """
      <g aria-hidden="true" font-size="\(fontSize)">
      <path class="grid" d="\(grid)"/>
      <path class="axis" d="M\(area.minX) \(area.minY)V\(area.maxY)H\(area.maxX)"/>
      \(numbers)
      </g>
      """
  }

  /// - Parameters:
  ///   - name: what the plot shows, for those who do not see it.
  ///   - isSinglePicture: whether the plot is one picture; else its marks can be stepped through.
  func svg(name: String, isSinglePicture: Bool, class kind: String, _ content: HTML) -> HTML {
    // A group's role is not allowed to an svg element itself.
    let role: HTML = isSinglePicture ? "img" : "group"
    return """
      <div class="plot" role="\(role)" aria-label="\(name)">
      <svg class="\(kind)" viewBox="0 0 \(width) \(height)">
      \(axes)
      \(content)
      </svg>
      </div>
      """
  }
}
