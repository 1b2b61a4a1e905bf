import Files
import Foundation

/// The part of a Markdown text below one of its headings, to be copied into another file.
package struct MarkdownSection {
  private let heading: String
  private let body: String
  private let folder: URL

  /// - Parameter file: where the text is, to which its links are relative.
  /// - Throws: `UserError` if the text has no such heading.
  package init(_ heading: String, of text: String, at file: URL) throws(UserError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0 == "## \(heading)" }) else {
      throw UserError(path: file.path, problem: "would have no heading '## \(heading)'")
    }
    let end = lines[(start + 1)...].firstIndex { $0.hasPrefix("## ") } ?? lines.endIndex
    body = lines[(start + 1)..<end].joined(separator: "\n").trimmingCharacters(in: .newlines)
    (self.heading, folder) = (heading, file.deletingLastPathComponent())
  }

  /// The content of a file in which this part stands between its two marks.
  /// - Throws: `UserError` if the file cannot be read or lacks the marks.
  package func copied(into file: URL) throws(UserError) -> String {
    let text = try BoundedFile.text(file, atMost: 1 << 24)
    let (begin, end) = ("<!-- \(heading) -->\n", "<!-- end of \(heading) -->")
    guard let first = text.range(of: begin)?.upperBound,
      let last = text[first...].range(of: end)?.lowerBound
    else {
      throw UserError(
        path: file.path, problem: "has no lines '<!-- \(heading) -->' and '\(end)'; add them")
    }
    let place = file.deletingLastPathComponent()
    return text[..<first] + "\n" + relinked(from: place) + "\n\n" + text[last...]
  }

  /// With links relative to another folder.
  private func relinked(from place: URL) -> String {
    body.replacing(/\]\(([^)#:]+)(#[^)]*)?\)/) { match in
      let target = folder.appending(path: String(match.1)).absoluteURL.standardizedFileURL
      return "](\(relativePath(to: target, from: place))\(match.2 ?? ""))"
    }
  }
}
