import Files
import Foundation

/// What a text takes from a record.
struct Quotation {
  private enum Kind {
    case field(String)
    case number(String, decimals: Int, isSigned: Bool)
    case interval
    case requirement(String, String, String)
  }

  private let kind: Kind

  /// - Throws: `UserError` for a requirement that is none.
  init(_ text: String) throws(UserError) {
    if text == "points" {
      kind = .interval
    } else if let rest = text.dropping("require ") {
      guard let match = rest.wholeMatch(of: /(.+?) ([=<>]) (.+)/) else {
        throw UserError("\(quoted(text)) is not: require COLUMN = VALUE (or < or > and a number)")
      }
      kind = .requirement(String(match.1), String(match.2), String(match.3))
    } else if let match = text.wholeMatch(of: /(.+) (\+?)\.([0-9])/) {
      kind = .number(
        String(match.1), decimals: Int(match.3) ?? 0, isSigned: !match.2.isEmpty)
    } else {
      kind = .field(text)
    }
  }

  func text(of record: CSVTable.Record) throws(UserError) -> String {
    switch kind {
    case .field(let column):
      // A field of several lines would end a row of a table.
      let words = try record.text(column).split(whereSeparator: \.isNewline)
      return escapeMarkdown(words.joined(separator: " "))
    case .number(let column, let decimals, let isSigned):
      let text = signed(try record.number(column), decimals)
      return isSigned || text.hasPrefix("-") ? text : String(text.dropFirst())
    case .interval: return try record.interval()
    case .requirement(let column, let relation, let value):
      try require(record, column, relation, value)
      return ""
    }
  }

  private func require(
    _ record: CSVTable.Record, _ column: String, _ relation: String, _ value: String
  ) throws(UserError) {
    let there = try record.text(column)
    let holds: Bool
    if relation == "=" {
      holds = there == value
    } else {
      guard let bound = Double(value) else {
        throw UserError("\(quoted(value)) is not a number to compare with")
      }
      let number = try record.number(column)
      holds = relation == "<" ? number < bound : number > bound
    }
    guard !holds else { return }
    throw UserError(
      "the text says \(column) \(relation) \(value), but the table says \(quoted(there)); change the text"
    )
  }
}
