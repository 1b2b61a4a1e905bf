import Files
import Foundation

/// Tables of scores as a picture: a number in each cell, on a shade that tells the same.
struct ScoreGridPlot: PlotDrawing {
  struct Part {
    /// What the numbers are, such as `Accuracy (%)`.
    let title: String
    /// By row and column, percent; nil: a dash.
    let values: [[Double?]]
  }

  /// Above all parts.
  let heading: String
  let rows: [String]
  /// The last one sums up a row, and stands a little apart.
  let columns: [String]
  let parts: [Part]
  /// Below the parts in print, which may be seen alone: what the scores were measured on.
  let captions: [String]

  /// Names of columns are rotated by so many degrees.
  static let slope = 40.0
  /// Between the last column and the others, in cells.
  static let gap = 0.3
  /// With more columns, the parts stand below each other.
  static let mostBeside = 10

  /// The width of a row's cells, in cells.
  var across: Double { Double(columns.count) + Self.gap }

  /// The left edge of a column, in cells.
  func place(_ column: Int) -> Double {
    Double(column) + (column == columns.count - 1 ? Self.gap : 0)
  }

  static func shown(_ value: Double?) -> String { value.map { fixed($0, 1) } ?? dash }

  func cells(_ part: Part) -> [(row: Int, column: Int, value: Double?)] {
    part.values.enumerated().flatMap { row, values in
      values.enumerated().map { (row, $0, $1) }
    }
  }

  /// Pixels around the cells that the names of rows and columns need.
  /// - Parameters:
  ///   - character: the mean width of one.
  ///   - cell: the width of a cell.
  func room(character: Double, cell: Double) -> (left: Double, below: Double) {
    let angle = Self.slope * .pi / 180
    let name = Double(rows.map(\.count).max() ?? 0) * character
    let ends = columns.indices.map { column in
      Double(columns[column].count) * character * cos(angle) - (place(column) + 0.5) * cell
    }
    let longest = Double(columns.map(\.count).max() ?? 0) * character
    return (max(name, ends.max() ?? 0) + character, longest * sin(angle) + 2 * character)
  }
}
