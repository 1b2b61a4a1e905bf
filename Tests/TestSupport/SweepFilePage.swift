import Foundation

/// docs/sweep-file.md: its examples, and the keys in its tables.
package struct SweepFilePage {
  private let text: String

  package init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    text = try String(contentsOf: root.appending(path: "docs/sweep-file.md"), encoding: .utf8)
  }

  /// The YAML examples as they stand.
  package var examples: [String] {
    text.components(separatedBy: "```yaml\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
  }

  /// Each example as a whole sweep: what a fragment leaves out is as in the first example.
  package var sweeps: [String] {
    let first = Self.parts(examples[0])
    return examples.map { example in
      let own = Self.parts(example)
      let kept = first.filter { part in !own.contains { $0.key == part.key } }
      return (own + kept).map(\.text).joined()
    }
  }

  /// The top-level keys of a YAML text, each with its lines.
  private static func parts(_ yaml: String) -> [(key: String, text: String)] {
    var parts: [(key: String, text: String)] = []
    for line in yaml.split(separator: "\n", omittingEmptySubsequences: false) where !line.isEmpty {
      if line.first?.isLetter == true {
        parts.append((String(line.prefix { $0 != ":" }), "\(line)\n"))
      } else {
        parts[parts.count - 1].text += "\(line)\n"
      }
    }
    return parts
  }

  /// The first column of the table below a heading, without its marks, and the whole rows.
  package func rows(below heading: String) -> [(key: String, row: String)] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let below = lines.drop { $0.drop { $0 == "#" } != " \(heading)" || !$0.hasPrefix("#") }
      .dropFirst().prefix { !$0.hasPrefix("#") }
    return below.filter { $0.hasPrefix("| `") }.map { row in
      (String(row.dropFirst(3).prefix { $0 != "`" }), String(row))
    }
  }
}
