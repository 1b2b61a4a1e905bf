import Foundation
import Testing

/// README begins with what was found. Its sentences are those of stored reports, word for word.
@Suite("Findings in the README")
struct ReadmeFindingsTests {
  private static func read(_ path: String) throws -> String {
    try String(contentsOf: DocumentedCommand.root.appending(path: path), encoding: .utf8)
  }

  /// Without line breaks and Markdown's escapes.
  private static func plain(_ markdown: some StringProtocol) -> String {
    markdown.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      .replacing(/\\([_\[\]<>*])/) { String($0.1) }
  }

  /// Each item of the list: its sentence, and the report that it links.
  private static func items() throws -> [(sentence: String, report: String)] {
    let text = try read("README.md")
    let start = try #require(text.range(of: "## What was found\n")?.upperBound)
    let section = text[start...].components(separatedBy: "\n## ")[0].components(
      separatedBy: "\n![")[0]
    return try section.components(separatedBy: "\n- ").dropFirst().map { item in
      let match = try #require(
        plain(item).firstMatch(of: /^\*\*[^*]+\*\* (.+) \(\[[^\]]+\]\(([^)]+)\)\)\.$/))
      return (String(match.1), String(match.2))
    }
  }

  @Test func areThoseOfStoredReports() throws {
    let items = try Self.items()
    #expect((3...5).contains(items.count))
    for item in items {
      let report = Self.plain(try Self.read(item.report))
      #expect(report.contains("- \(item.sentence) ("), "\(item)")
    }
  }

  /// Photographs come before rendered stand-ins.
  @Test func photographsLead() throws {
    #expect(try Self.items().first?.sentence.contains("(real data") == true)
  }
}
