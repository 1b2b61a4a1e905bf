import Files
import Foundation

/// The part of a Markdown text below one of its headings, to be copied into another file.
package struct MarkdownSection {
  private let heading: String
  private let body: String
  private let file: URL

  /// - Parameters:
  ///   - heading: of the second level, without its marks.
  ///   - file: where the text is, to which its links are relative.
  /// - Throws: `UserError` if the text has no such heading.
  package init(_ heading: String, of text: String, at file: URL) throws(UserError) {
    var (lines, isInside, isFound, isCode) = ([Substring](), false, false, false)
    for line in text.unixLines.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { isCode.toggle() }
      if !isCode, line.hasPrefix("## ") {
        isInside = line == "## \(heading)"
        isFound = isFound || isInside
      } else if isInside {
        lines.append(line)
      }
    }
    guard isFound else {
      throw UserError(path: file.path, problem: "would have no heading '## \(heading)'")
    }
    body = lines.joined(separator: "\n").trimmingCharacters(in: .newlines)
    (self.heading, self.file) = (heading, file)
  }

  /// The content of a file in which this part stands between its two marks.
  /// - Throws: `UserError` if the file cannot be read or has not each mark once.
  package func copied(into file: URL) throws(UserError) -> String {
    let source = try BoundedFile.text(file, atMost: 1 << 24)
    let text = source.unixLines
    let (begin, end) = ("<!-- \(heading) -->\n", "<!-- end of \(heading) -->\n")
    let (starts, ends) = (text.ranges(of: begin), text.ranges(of: end))
    guard starts.count == 1, ends.count == 1, !body.contains(end),
      starts[0].upperBound <= ends[0].lowerBound
    else {
      throw UserError(
        path: file.path,
        problem:
          "must have the lines '<!-- \(heading) -->' and '<!-- end of \(heading) -->' once, in this "
          + "order, where the part is to stand")
    }
    let place = file.deletingLastPathComponent()
    let copied =
      text[..<starts[0].upperBound] + "\n" + relinked(from: place) + "\n\n"
      + text[ends[0].lowerBound...]
    return copied.lines(like: source)
  }

  /// With links relative to another folder. Those to the web and to absolute paths stay.
  private func relinked(from place: URL) -> String {
    let folder = file.deletingLastPathComponent()
    return body.replacing(/\]\(([^)#:<\/][^)#:]*)?(#[^)]*)?\)/) { match -> String in
      let path = match.1.map(String.init) ?? (match.2 == nil ? "" : file.lastPathComponent)
      guard !path.isEmpty else { return String(match.0) }
      let link = relativePath(to: folder.appending(path: path), from: place)
      return "](\(link)\(match.2 ?? ""))"
    }
  }
}

extension String {
  /// With lines that end as on Unix.
  var unixLines: String { replacing("\r\n", with: "\n") }

  /// With lines that end as those of another text.
  func lines(like other: String) -> String {
    other.contains("\r\n") ? replacing("\n", with: "\r\n") : self
  }
}
