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
/// - `{{wrap WIDTH}}`: nothing; the paragraphs and list items of the whole text are broken into lines of at
///   most so many characters, since numbers are not as long as what they replace.
package struct FilledText {
  private let template: URL
  private let results: URL
  private let folder: URL
  private var tables: [String: CSVTable] = [:]
  private var names: [String: String] = [:]
  private var width: Int?

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
    var filled = try filled(source.unixLines)
    if let width { filled = wrappedMarkdown(filled, width: width) }
    return filled.lines(like: source)
  }

  private mutating func filled(_ source: String) throws(UserError) -> String {
    var (filled, line, rest) = ("", 1, source[...])
    while let start = rest.range(of: "{{") {
      let before = rest[..<start.lowerBound]
      line += before.count { $0 == "\n" }
      guard let end = rest[start.upperBound...].range(of: "}}") else {
        throw failed(line, "'{{' has no '}}'")
      }
      let words = rest[start.upperBound..<end.lowerBound]
      let value: String
      do throws(UserError) { value = try replacement(words) } catch {
        throw failed(line, "\(error)")
      }
      filled += before
      line += words.count { $0 == "\n" }
      rest = rest[end.upperBound...]
      if value.isEmpty, let indent = filled.emptyLine, rest.first == "\n" {
        // What leaves nothing on a line of its own leaves no line.
        filled.removeLast(indent)
        rest = rest.dropFirst()
        line += 1
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
    if let rest = words.dropping("wrap ") { return try wrap(rest) }
    if let rest = words.dropping("sweeps ") {
      return try SweepsTable(folders(rest), linkedFrom: folder).markdown
    }
    if let rest = words.dropping("claims ") {
      return try ClaimsTable(folders(rest), linkedFrom: folder).markdown
    }
    let parts = parts(words, "|")
    guard parts.count == 3 else {
      throw UserError(
        "\(quoted(words)) is neither PATH | COLUMN=VALUE; ... | COLUMN nor let NAME = PATH, sweeps NAME; ... "
          + "or claims NAME; ...")
    }
    let table = try table(try path(parts[0]))
    let conditions = try self.parts(parts[1], ";").map { (text) throws(UserError) in
      try pair(text)
    }
    return try Quotation(parts[2]).text(of: table.record(where: conditions))
  }

  private mutating func wrap(_ text: String) throws(UserError) -> String {
    guard let width = Int(text), (20...1000).contains(width) else {
      throw UserError("\(quoted(text)) is not a width from 20 to 1000")
    }
    self.width = width
    return ""
  }

  private mutating func define(_ text: String) throws(UserError) -> String {
    let (name, path) = try pair(text)
    names[name] = try self.path(path)
    return ""
  }

  /// Folders of results, each once.
  private func folders(_ text: String) throws(UserError) -> [URL] {
    let paths = try parts(text, ";").map { (text) throws(UserError) in try path(text) }.unique
    guard !paths.isEmpty else { throw UserError("names no folder of results") }
    return paths.map { results.appending(path: $0) }
  }

  /// A path below the folder of results.
  private func path(_ text: String) throws(UserError) -> String {
    let path = try expanded(text)
    guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
      throw UserError("\(quoted(path)) is not below the folder of results; see --results")
    }
    return path
  }

  private func expanded(_ text: String) throws(UserError) -> String {
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
      .filter { !$0.isEmpty }
  }

  /// `NAME=VALUE`; the value may be empty, as fields are that have no number.
  private func pair(_ text: String) throws(UserError) -> (String, String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    if parts.count == 2, !parts[0].isEmpty { return (parts[0], parts[1]) }
    throw UserError("\(quoted(text)) is not NAME=VALUE")
  }
}

extension String {
  /// What follows a beginning; nil where there is another.
  func dropping(_ start: String) -> String? {
    hasPrefix(start) ? String(dropFirst(start.count)) : nil
  }
}

extension String {
  /// The spaces that the last line consists of; nil if it has more.
  fileprivate var emptyLine: Int? {
    let indent = reversed().prefix { $0 == " " }.count
    return (dropLast(indent).last ?? "\n") == "\n" ? indent : nil
  }
}
