import Files
import Foundation

/// A CSV file that a report wrote: a header line and records.
struct CSVTable {
  let file: URL
  let columns: [String]
  let records: [[String]]

  /// - Throws: `UserError` if the file cannot be read or is no table.
  init(contentsOf file: URL) throws(UserError) {
    self.file = file
    let lines = csvRecords(try BoundedFile.text(file, atMost: BoundedFile.mostRecordBytes))
    guard let header = lines.first, lines.allSatisfy({ $0.count == header.count }) else {
      throw UserError(
        path: file.path,
        problem: "is no table of a report; write it again with 'recallbench report'")
    }
    (columns, records) = (header, Array(lines.dropFirst()))
  }

  /// The one record that has these values.
  /// - Throws: `UserError` naming the values that there are if no record or several have them.
  func record(where conditions: [(column: String, value: String)]) throws(UserError) -> Record {
    var left = records
    for (column, value) in conditions {
      let place = try place(of: column)
      let found = left.filter { $0[place] == value }
      guard !found.isEmpty else {
        let there = Set(left.map { $0[place] }).sorted().map(quoted).joined(separator: ", ")
        throw failed(
          "has no \(quoted(value)) in column \(quoted(column))"
            + (there.isEmpty ? "; it has no records" : ", only \(there)"))
      }
      left = found
    }
    guard left.count == 1 else {
      throw failed("has \(left.count) records of these values; give further columns")
    }
    return Record(table: self, values: left[0])
  }

  fileprivate func place(of column: String) throws(UserError) -> Int {
    if let place = columns.firstIndex(of: column) { return place }
    throw failed(
      "has no column \(quoted(column)), only \(columns.map(quoted).joined(separator: ", "))")
  }

  fileprivate func failed(_ problem: String) -> UserError {
    UserError(path: file.path, problem: problem)
  }

  struct Record {
    fileprivate let table: CSVTable
    fileprivate let values: [String]

    /// - Throws: `UserError` if there is no such column.
    func text(_ column: String) throws(UserError) -> String {
      values[try table.place(of: column)]
    }

    /// - Throws: `UserError` if there is no such column, or no number in it.
    func number(_ column: String) throws(UserError) -> Double {
      let text = try text(column)
      if !text.hasPrefix("0x"), let number = Double(text), number.isFinite { return number }
      let there = text.isEmpty ? "nothing" : quoted(text)
      throw table.failed("has \(there) in column \(quoted(column)), where a number is asked for")
    }

    /// A difference in percentage points with its interval, such as `+0.77 [-0.91, +2.44]`.
    /// - Throws: `UserError` if the table has none.
    func interval() throws(UserError) -> String {
      let measured = table.columns.first { ["difference_points", "distance_points"].contains($0) }
      let values = [measured ?? "difference_points", "low_points", "high_points"]
      let texts = try values.map { (name) throws(UserError) in signed(try number(name), 2) }
      return "\(texts[0]) [\(texts[1]), \(texts[2])]"
    }
  }
}
