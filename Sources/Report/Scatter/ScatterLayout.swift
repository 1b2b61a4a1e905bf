import Datasets
import Experiments

/// Where the parts of the scatter figure stand, pixels from the lower left corner.
struct ScatterLayout {
  /// A chart in its place.
  struct Placed {
    let chart: ScatterChart
    let frame: Box
    /// Percent: the panel's ranges of mean IoU and mean accuracy.
    let range: Box
    /// In the order of the chart's `labeled`.
    let labels: [LabelPlacement.Placed]

    func pixel(_ point: Point) -> Point { Self.pixel(point, frame, range) }

    fileprivate static func pixel(_ point: Point, _ frame: Box, _ range: Box) -> Point {
      Point(
        x: frame.minX + (point.x - range.minX) / (range.maxX - range.minX)
          * (frame.maxX - frame.minX),
        y: frame.minY + (point.y - range.minY) / (range.maxY - range.minY)
          * (frame.maxY - frame.minY))
    }
  }

  let width: Int
  let height: Int
  let charts: [Placed]
  let title: String
  /// Losses with a ring around their mark, in normalized notation.
  let highlighted: Set<String>
  /// Bottom lines, wrapped.
  let captions: [String]

  func isHighlighted(_ series: ScatterSeries) -> Bool {
    series.row.map { highlighted.contains($0.loss.notation) } ?? false
  }

  static let fontSize = 22.0
  /// Between a chart's frame and the next one.
  static let rightMargin = 40.0
  static let captionSize = 16.0
  static let captionLine = 22.0

  /// - Parameters:
  ///   - rows: of charts, the first row at the top; nil: an empty place.
  ///   - captions: lines that are wrapped to the figure's width.
  init(
    title: String, rows: [[ScatterChart?]], captions: [String], highlighted: Set<String> = []
  ) {
    let columns = rows.map(\.count).max() ?? 1
    let (chartWidth, chartHeight, top) = (columns == 1 ? 1000.0 : 800.0, 600.0, 60.0)
    width = Int(chartWidth) * columns
    let lines = captions.flatMap { Self.wrapped($0, width: Double(columns) * chartWidth) }
    let bottom = Double(lines.count) * Self.captionLine + 24
    height = Int(top + Double(rows.count) * chartHeight + bottom)
    (self.title, self.captions, self.highlighted) = (title, lines, highlighted)
    charts = rows.enumerated().flatMap { line, row in
      row.enumerated().compactMap { column, chart in
        chart.map {
          Self.placed(
            $0,
            frame: Self.frame(
              left: Double(column) * chartWidth,
              floor: bottom + Double(rows.count - 1 - line) * chartHeight, width: chartWidth,
              height: chartHeight))
        }
      }
    }
  }

  /// Every panel: data sets below, networks beside each other, or all in a row where there is one
  /// of either.
  static func ofSweep(
    _ grid: Grid, profile: String, highlighted: Set<String> = []
  ) -> ScatterLayout {
    let panels = grid.panels
    let datasets = grid.datasets
    let networks = Set(panels.map(\.network)).sorted()
    let charts = ScatterChart.all(grid)
    let rows: [[ScatterChart?]] =
      datasets.count == 1 || networks.count == 1
      ? [charts]
      : datasets.map { dataset in
        networks.map { network in
          panels.firstIndex { $0.dataset == dataset && $0.network == network }.map { charts[$0] }
        }
      }
    return ScatterLayout(
      title: "Mean accuracy against mean IoU, \(profile)", rows: rows,
      captions: scatterCaptions(grid), highlighted: highlighted)
  }

  private static func frame(left: Double, floor: Double, width: Double, height: Double) -> Box {
    Box(
      minX: left + 110, minY: floor + 88, maxX: left + width - rightMargin,
      maxY: floor + height - 48)
  }

  private static func placed(_ chart: ScatterChart, frame: Box) -> Placed {
    let (series, range) = (chart.series, chart.range)
    func pixel(_ point: Point) -> Point { Placed.pixel(point, frame, range) }
    let markers = series.flatMap { one in
      [Box(center: pixel(one.mean), width: 22, height: 22)]
        + (one.seeds.count > 1
          ? one.seeds.map { Box(center: pixel($0.point), width: 12, height: 12) } : [])
    }
    let guides = series.filter(\.isFocal).flatMap { one -> [Segment] in
      let at = pixel(one.mean)
      return [
        Segment(from: Point(x: at.x, y: frame.minY), to: Point(x: at.x, y: frame.maxY)),
        Segment(from: Point(x: frame.minX, y: at.y), to: Point(x: frame.maxX, y: at.y)),
      ]
    }
    let lines = chart.lines.map { Segment(from: pixel($0.from), to: pixel($0.to)) }
    let placement = LabelPlacement(
      area: frame.grown(by: -5), markers: markers, guides: guides + lines)
    let labels = placement.place(
      chart.labeled.map {
        LabelPlacement.Request(
          anchor: pixel($0.anchor), width: Double($0.text.count) * fontSize * 0.64,
          height: fontSize * 1.15)
      })
    return Placed(chart: chart, frame: frame, range: range, labels: labels)
  }

  static func wrapped(_ text: String, width: Double) -> [String] {
    brokenLines(text.split(separator: " "), limit: Int((width - 40) / (captionSize * 0.52)))
  }
}
