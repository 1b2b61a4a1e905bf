import Experiments
import Files
import Foundation

/// A text whose numbers are looked up in the tables of reports, so that none is typed.
///
/// What stands between double braces is replaced:
///
/// - `{{let NAME = PATH}}`: nothing; `$NAME` at the beginning of a path then stands for `PATH`.
/// - `{{PATH | COLUMN=VALUE; COLUMN=VALUE | COLUMN}}`: the field of the one record of a CSV file that has
///   these values. `COLUMN .1` rounds a number to one decimal, `COLUMN +.1` adds its sign, and `points`
///   is a difference with its interval.
/// - `{{PATH | ... | require COLUMN = VALUE}}`, or with `<` or `>` and a number: nothing, but an error if it
///   does not hold, so that words fail with the numbers that they rest on.
/// - `{{sweeps NAME; NAME}}`: a table of what was trained; `{{claims NAME; NAME}}`: the verdicts on the
///   paper's statements.
package struct FilledText {
  private let template: URL
  private let results: URL
  private let folder: URL
  private var tables: [String: CSVTable] = [:]
  private var names: [String: String] = [:]

  /// - Parameters:
  ///   - template: the text.
  ///   - results: the folder that paths are relative to.
  ///   - folder: where the filled text will be, for its links.
  package init(template: URL, results: URL, folder: URL) {
    (self.template, self.results, self.folder) = (template, results, folder)
  }

  /// The text with everything replaced.
  /// - Throws: `UserError` naming the line and what is wrong with it.
  package mutating func text() throws(UserError) -> String {
    let source = try BoundedFile.text(template, atMost: 1 << 24)
    var (filled, rest) = ("", source[...])
    while let start = rest.range(of: "{{") {
      filled += rest[..<start.lowerBound]
      let line = source[..<start.lowerBound].count { $0 == "\n" } + 1
      guard let end = rest[start.upperBound...].range(of: "}}") else {
        throw failed(line, "'{{' has no '}}'")
      }
      let value: String
      do throws(UserError) {
        value = try replacement(rest[start.upperBound..<end.lowerBound])
      } catch { throw failed(line, "\(error)") }
      rest = rest[end.upperBound...]
      // What leaves nothing on a line of its own leaves no line.
      let lineStart = filled.lastIndex(of: "\n").map(filled.index(after:)) ?? filled.startIndex
      if value.isEmpty, rest.first == "\n", filled[lineStart...].allSatisfy({ $0 == " " }) {
        filled.removeSubrange(lineStart...)
        rest = rest.dropFirst()
      }
      filled += value
    }
    return filled + rest
  }

  private func failed(_ line: Int, _ problem: String) -> UserError {
    UserError(path: template.path, problem: "line \(line): \(problem)")
  }

  private mutating func replacement(_ text: Substring) throws(UserError) -> String {
    // A placeholder may be broken over lines.
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if let rest = words.dropping("let ") { return try define(rest) }
    if let rest = words.dropping("sweeps ") {
      let sweeps = parts(rest, ";").map { results.appending(path: $0) }
      return try SweepsTable(sweeps, linkedFrom: folder).markdown
    }
    if let rest = words.dropping("claims ") {
      let sweeps = parts(rest, ";").map { results.appending(path: $0) }
      return try ClaimsTable(sweeps, linkedFrom: folder).markdown
    }
    let parts = parts(words, "|")
    guard parts.count == 3 else {
      throw UserError("\(quoted(words)) is not PATH | COLUMN=VALUE; ... | COLUMN")
    }
    let table = try table(try path(parts[0]))
    let conditions = try self.parts(parts[1], ";").map { (text) throws(UserError) in
      try pair(text, "=")
    }
    return try Quotation(parts[2]).text(of: table.record(where: conditions))
  }

  private mutating func define(_ text: String) throws(UserError) -> String {
    let (name, path) = try pair(text, "=")
    names[name] = path
    return ""
  }

  private func path(_ text: String) throws(UserError) -> String {
    guard text.hasPrefix("$") else { return text }
    // The longest, where one name begins with another.
    let fitting = names.keys.filter { text.dropFirst().hasPrefix($0) }.max { $0.count < $1.count }
    guard let name = fitting, let path = names[name] else {
      throw UserError("\(quoted(text)): no {{let NAME = PATH}} before it defines this name")
    }
    return path + text.dropFirst(1 + name.count)
  }

  private mutating func table(_ path: String) throws(UserError) -> CSVTable {
    if let known = tables[path] { return known }
    let table = try CSVTable(contentsOf: results.appending(path: path))
    tables[path] = table
    return table
  }

  private func parts(_ text: String, _ separator: Character) -> [String] {
    text.split(separator: separator).map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private func pair(_ text: String, _ separator: Character) throws(UserError) -> (String, String) {
    let parts = text.split(separator: separator, maxSplits: 1).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    if parts.count == 2 { return (parts[0], parts[1]) }
    throw UserError("\(quoted(text)) is not NAME\(separator)VALUE")
  }
}

/// What a text takes from a record.
private struct Quotation {
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
    case .field(let column): return escapeMarkdown(try record.text(column))
    case .number(let column, let decimals, let isSigned):
      let value = try record.number(column)
      return isSigned ? signed(value, decimals) : String(format: "%.\(decimals)f", value)
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

extension String {
  /// What follows a beginning; nil where there is another.
  fileprivate func dropping(_ start: String) -> String? {
    hasPrefix(start) ? String(dropFirst(start.count)) : nil
  }
}
