import Files

/// Values with their intervals beside a line at zero, one a row, in charts that share their rows.
struct IntervalPlot: PlotDrawing {
  struct Row {
    /// To the left of the charts.
    let label: String
    /// Between the label and the charts, such as a class's share of the pixels.
    var detail = ""
    /// Set in bold.
    var isEmphasized = false
    /// All numbers of the row in words, for the pointer and for those who do not see the plot.
    var tip = ""
  }

  struct Mark {
    let value: Double
    /// nil: nothing is known about its error.
    let interval: ClosedRange<Double>?
    /// Whether the interval is also about the seeds; else it is dashed.
    let coversSeeds: Bool
    let style: MarkerStyle
  }

  enum Cell {
    case mark(Mark)
    /// Instead of a mark, beside zero; may be empty.
    case note(String)

    var mark: Mark? { if case .mark(let mark) = self { mark } else { nil } }
  }

  struct Chart {
    let title: String
    /// Below the title: what its intervals are over.
    var note = ""
    /// Of the axis across.
    let quantity: String
    /// One for each row.
    let cells: [Cell]
    let range: ClosedRange<Double>
    /// To the right of the chart, one for each row; empty: there is no such column.
    var numbers: [String] = []

    var marks: [Mark] { cells.compactMap(\.mark) }
  }

  /// Charts beside each other, of the same rows.
  struct Line {
    /// Above its charts in print; may be empty.
    let title: String
    let rows: [Row]
    let charts: [Chart]
  }

  /// Above all lines.
  let heading: String
  let lines: [Line]
  /// As the page groups the charts: each line is a drawing of its own.
  let pageLines: [Line]

  /// From the lowest to the highest value and, but for the widest tenth, of the interval ends, with a
  /// margin; zero is always inside. An interval that goes on beyond is cut off, and drawn with an arrow.
  static func range(_ marks: [Mark]) -> ClosedRange<Double> {
    let ends = marks.compactMap(\.interval)
    let low = quantile(ends.map(\.lowerBound), 0.1)
    let high = quantile(ends.map(\.upperBound), 0.9)
    let values = marks.map(\.value).filter(\.isFinite)
    let least = min(0, low ?? 0, values.min() ?? 0)
    let most = max(0, high ?? 0, values.max() ?? 0)
    let margin = max(0.06 * (most - least), 0.5)
    return least - margin...most + margin
  }

  /// The value that this part of them are not above.
  private static func quantile(_ values: [Double], _ part: Double) -> Double? {
    let sorted = values.filter(\.isFinite).sorted()
    guard !sorted.isEmpty else { return nil }
    let place = Double(sorted.count - 1) * part
    return sorted[Int(clamping: part < 0.5 ? place.rounded(.down) : place.rounded(.up))]
  }
}

extension IntervalPlot.Mark {
  /// The interval as far as a chart shows it, and at which ends it goes on.
  func cut(to range: ClosedRange<Double>) -> (low: Double, high: Double, below: Bool, above: Bool)?
  {
    guard let interval, interval.lowerBound.isFinite, interval.upperBound.isFinite else {
      return nil
    }
    return (
      max(interval.lowerBound, range.lowerBound), min(interval.upperBound, range.upperBound),
      interval.lowerBound < range.lowerBound, interval.upperBound > range.upperBound
    )
  }
}

extension IntervalPlot.Chart {
  /// Notes stand on the side of zero that has more room, where the line at zero does not cross them.
  var notesAreRight: Bool { range.upperBound >= -range.lowerBound }

  var axis: PlotAxis {
    PlotAxis(quantity, from: range.lowerBound, to: range.upperBound, ticks: 4)
  }
}
