import Files

/// What was found: every tested statement of the paper in a sentence, with the verdict, the panels it
/// was found in and the number that decides. It leads the page and `tables.md`.
struct Findings {
  /// A verdict with the panels that share it.
  struct Verdict {
    /// `Held`, or `Held (one seed)`.
    let title: String
    /// A panel, and the number that decides there.
    let panels: [String]
  }

  /// A statement that was tested in some panel.
  struct Sentence {
    let statement: String
    /// Empty for a statement that was not tested and only introduces the next one.
    let verdicts: [Verdict]
  }

  /// Statements that begin with an ellipsis follow the one that they continue.
  let items: [[Sentence]]
  /// How many statements were tested in no panel.
  let untested: Int
  let notes: [String]

  /// nil if no statement was tested.
  init?(_ claims: Claims) {
    let sentences = claims.judged.map { claim, findings in
      Sentence(
        statement: claim.statement,
        verdicts: Self.verdicts(zip(claims.panels, findings).map(\.self)))
    }
    var groups: [[Sentence]] = []
    for sentence in sentences {
      if sentence.statement.hasPrefix("..."), let last = groups.indices.last {
        groups[last].append(sentence)
      } else {
        groups.append([sentence])
      }
    }
    items = groups.filter { $0.contains { !$0.verdicts.isEmpty } }
    guard !items.isEmpty else { return nil }
    untested = sentences.count { $0.verdicts.isEmpty }
    notes = Self.notes(claims.panels)
  }

  private static func verdicts(_ findings: [(PanelComparisons, Finding)]) -> [Verdict] {
    var titles: [String] = []
    var panels: [String: [String]] = [:]
    for (comparisons, finding) in findings where finding.verdict != .untested {
      let name = finding.verdict.rawValue + finding.caveat(comparisons)
      let title = name.prefix(1).uppercased() + name.dropFirst()
      if !titles.contains(title) { titles.append(title) }
      panels[title, default: []].append(comparisons.title + text(finding.deciding))
    }
    return titles.map { Verdict(title: $0, panels: panels[$0] ?? []) }
  }

  private static func text(_ deciding: Finding.Deciding?) -> String {
    guard let deciding else { return "" }
    let number = deciding.number.isEmpty ? "" : " \(deciding.number)"
    return " (\(deciding.what)\(number))"
  }

  private static func notes(_ panels: [PanelComparisons]) -> [String] {
    let isRendered = panels.contains { $0.setting.shared.data.source == .rendered }
    var bases: [String] = []
    for panel in panels where !bases.contains(panel.basis) { bases.append(panel.basis) }
    return [
      "The paper's statements in these runs, which are scaled down from the paper's"
        + (isRendered ? " and partly or wholly on rendered stand-ins, not the real data." : "."),
      "In parentheses: the number that decides, in percentage points with its 95 % interval, "
        + bases.joined(separator: "; or ") + ". Of a statement with several parts it is the one "
        + "nearest to failing, or furthest from holding. Not distinguishable means that these runs "
        + "cannot tell.",
    ]
  }

  private var untestedNote: String? {
    untested == 0
      ? nil
      : "\(untested) statements were not tested in any panel; the section of verdicts says why."
  }
}

extension Findings {
  var section: PageSection {
    let list = items.map { item -> HTML in
      "<li>\(item.map(Self.html).joined(" "))</li>"
    }
    return PageSection(
      anchor: "found", title: "What was found",
      body: """
        \(paragraphs(notes))
        <ul class="found">
        \(list.joined("\n"))
        </ul>
        <p><a href="#claims">Every verdict with its figures</a>\(untestedNote.map { ". \($0)" } ?? "")</p>
        """)
  }

  private static func html(_ sentence: Sentence) -> HTML {
    let verdicts = sentence.verdicts.map { verdict -> HTML in
      " <strong>\(verdict.title)</strong>: \(verdict.panels.joined(separator: "; "))."
    }
    return "\(sentence.statement)\(verdicts.joined())"
  }

  /// For `tables.md`.
  var markdown: String {
    let list = items.map { "- " + $0.map(Self.markdown).joined(separator: " ") }
    let end = ["Every verdict with its figures: [claims.md](claims.md).", untestedNote]
    return
      (["## What was found", ""] + notes.map(escapeMarkdown).flatMap { [$0, ""] } + list
      + ["", end.compactMap(\.self).joined(separator: " "), ""]).joined(separator: "\n")
  }

  private static func markdown(_ sentence: Sentence) -> String {
    ([escapeMarkdown(sentence.statement)]
      + sentence.verdicts.map { verdict in
        "**\(verdict.title)**: \(verdict.panels.map(escapeMarkdown).joined(separator: "; "))."
      }).joined(separator: " ")
  }
}
