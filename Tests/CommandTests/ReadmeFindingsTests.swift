import Foundation
import Report
import Testing

/// README begins with what was found: a part of docs/findings.md, which `make findings` writes.
@Suite("Findings in the README")
struct ReadmeFindingsTests {
  private let readme = DocumentedCommand.root.appending(path: "README.md")
  private let page = DocumentedCommand.root.appending(path: "docs/findings.md")

  @Test func areThoseOfThePage() throws {
    let section = try MarkdownSection(
      "In short", of: String(contentsOf: page, encoding: .utf8), at: page)
    let text = try String(contentsOf: readme, encoding: .utf8)
    #expect(try section.copied(into: readme) == text)
    let part = text.components(separatedBy: "<!-- end of In short -->")[0]
    let items = part.components(separatedBy: "\n- **").dropFirst()
    #expect((3...5).contains(items.count))
    // Each says where its numbers stand.
    #expect(items.allSatisfy { $0.contains(/\]\(results\/[a-z-]+\/tables\.md\)\)\./) })
    // Photographs come before rendered stand-ins.
    #expect(items.first?.contains("(real data") == true)
  }

  /// Nobody has edited the page's prose in place of its text. Its numbers are compared by `make findings`
  /// in continuous integration, since they stand in tables that are not stored.
  @Test func proseIsThatOfTheText() throws {
    let text = try String(
      contentsOf: page.deletingLastPathComponent().appending(path: "findings.md.in"),
      encoding: .utf8)
    let filled = try String(contentsOf: page, encoding: .utf8)
    // Lines are broken anew.
    func plain(_ text: some StringProtocol) -> String {
      text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    let pieces = text.replacing(/\{\{[^}]*\}\}/) { _ in "\u{0}" }.split(separator: "\u{0}").map(
      plain)
    var rest = plain(filled)[...]
    for piece in pieces where !piece.isEmpty {
      let place = try #require(rest.range(of: piece), "not on the page: \(piece)")
      rest = rest[place.upperBound...]
    }
    #expect(!filled.contains("{{"))
  }
}
