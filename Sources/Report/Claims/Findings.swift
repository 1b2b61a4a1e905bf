import Files

/// What was found: at most five sentences, each with a number, its interval and a link. They lead the
/// page and `tables.md`. Real data comes before stand-ins, and one seed gives no verdict.
struct Findings {
  /// A sentence and where its numbers stand.
  struct Sentence {
    /// Without the full stop.
    let text: String
    /// Of the section or part of the page.
    let anchor: String
    /// The same in `tables.md`, or beside it.
    let address: String
    /// What the link says, such as `S18`.
    let source: String
  }

  static let most = 5

  let sentences: [Sentence]
  private let notes: [String]

  /// nil where no loss is compared with cross-entropy.
  /// - Parameter highlighted: notations of the losses that the report is about; none: recall loss.
  init?(_ panels: [PanelComparisons], claims: Claims?, highlighted: Set<String>) {
    let compared = panels.compactMap(ComparedPanel.init)
    guard let subject = Self.subject(compared, highlighted) else { return nil }
    let groups = PanelGroup.all(compared)
    var all = groups.flatMap { $0.effect(of: subject) }
    all += groups.prefix(1).flatMap { $0.alternatives(to: subject) + $0.leader(besides: subject) }
    all += groups.prefix(1).flatMap { $0.correction(of: subject) }
    all += groups.prefix(1).flatMap { $0.minority(of: subject) }
    all += (claims.map(Self.contradictions) ?? [])
    guard !all.isEmpty else { return nil }
    sentences = Array(all.prefix(Self.most))
    notes = Self.notes(panels)
  }

  /// The loss that the sentences are about: the highlighted one, recall loss, or the one that gains
  /// most in mean IoU where neither was trained.
  private static func subject(
    _ panels: [ComparedPanel], _ highlighted: Set<String>
  ) -> LossName? {
    let losses = panels.flatMap(\.others)
    if let own = losses.first(where: { highlighted.contains($0.notation) }) { return own }
    if let recall = losses.first(where: { $0.base == "recall" }) { return recall }
    let gains = panels.first?.differences(.meanIoU) ?? []
    return gains.max { $0.difference.estimate.value < $1.difference.estimate.value }?.loss
  }

  /// The statements that the runs contradict, in one sentence.
  private static func contradictions(_ claims: Claims) -> [Sentence] {
    let found = claims.tested.compactMap { claim, findings -> String? in
      guard let index = findings.firstIndex(where: { $0.verdict == .contradicted }) else {
        return nil
      }
      let number = findings[index].deciding.map { ": \($0.text)" } ?? ""
      let statement =
        claim.statement.hasSuffix(".") ? claim.statement.dropLast() : claim.statement[...]
      return "“\(statement)” (\(claims.panels[index].id)\(number))"
    }
    guard let first = found.first else { return [] }
    let more = found.count > 1 ? ", and \(found.count - 1) more" : ""
    return [
      Sentence(
        text: "Contradicted here: \(first)\(more)", anchor: "claims",
        address: "#" + markdownAnchor(Claims.title), source: "verdicts")
    ]
  }

  private static let holm =
    "Verdicts are corrected for the number of losses compared (Holm), intervals are not."

  private static func notes(_ panels: [PanelComparisons]) -> [String] {
    let single = panels.filter(\.hasOneSeed)
    guard !single.isEmpty else {
      return ["Percentage points with 95 % intervals over seeds and images. \(holm)"]
    }
    let which =
      single.count == panels.count
      ? "These runs have"
      : "\(single.map(\.id).joined(separator: ", ")) \(single.count == 1 ? "has" : "have")"
    return [
      "\(which) one seed: no verdict. Percentage points with 95 % intervals, there over images only; "
        + "another seed could change any of these numbers."
        + (single.count == panels.count ? "" : " \(holm)")
    ]
  }
}

extension Findings {
  var section: PageSection {
    let list = sentences.map { sentence -> HTML in
      "<li>\(sentence.text) (<a href=\"#\(sentence.anchor)\">\(sentence.source)</a>).</li>"
    }
    return PageSection(
      anchor: "found", title: "What was found",
      body: """
        <ul class="found">
        \(list.joined("\n"))
        </ul>
        <p class="below">\(notes.joined(separator: " "))</p>
        """)
  }

  /// For `tables.md`.
  var markdown: String {
    let list = sentences.map { sentence in
      "- \(escapeMarkdown(sentence.text)) ([\(escapeMarkdown(sentence.source))](\(sentence.address)))."
    }
    return
      (["## What was found", ""] + list + [""] + notes.map(escapeMarkdown).flatMap { [$0, ""] })
      .joined(separator: "\n")
  }
}

/// The fragment that GitHub gives a heading of Markdown.
func markdownAnchor(_ heading: String) -> String {
  String(
    heading.lowercased().compactMap { character in
      if character == " " { return "-" }
      return character.isLetter || character.isNumber || "-_".contains(character)
        ? character : nil
    })
}
