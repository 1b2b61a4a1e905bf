/// Every testable statement of the paper, and what came of it here: `claims.md` and a section of the
/// page.
struct Claims: Artifact {
  /// The panels that have runs to compare.
  let panels: [PanelComparisons]
  /// The findings are in the order of the panels.
  let judged: [(claim: Claim, findings: [Finding])]
  let profile: String

  /// nil if there are no runs to compare.
  init?(_ panels: [PanelComparisons], profile: String) {
    guard !panels.isEmpty else { return nil }
    (self.panels, self.profile) = (panels, profile)
    judged = Claim.all.map { claim in (claim, panels.map(claim.finding)) }
  }

  var files: [ReportFile] { [ReportFile("claims.md", .text(page))] }
  var markdown: String? {
    "What the paper says, and whether it holds here: [claims.md](claims.md).\n"
  }
  func section(_ pictures: PagePictures) -> PageSection? { section }

  private var page: String {
    var lines = ["# The paper's statements, tested on: \(escapeMarkdown(profile))", ""]
    lines += [
      "The rules were fixed before any verdict was computed and are the same for every loss: "
        + "docs/claims.md. *Not distinguishable* means that the runs here cannot tell, not that the "
        + "statement is wrong. Differences are in percentage points with 95 % intervals, p after "
        + "Holm's correction. **The runs are scaled down from the paper's, as said here:**", "",
    ]
    for comparisons in panels {
      lines.append(
        "- \(escapeMarkdown(comparisons.title)): \(escapeMarkdown(comparisons.caption)) Intervals are "
          + "\(comparisons.basis).")
    }
    lines += ["", "\(escapeMarkdown(gradientIdentityNote))"]
    lines += ["", "## Verdicts", ""]
    lines.append(
      "| statement | section | " + panels.map { escapeMarkdown($0.title) }.joined(separator: " | ")
        + " |")
    lines.append("|---|---|" + panels.map { _ in "---|" }.joined())
    for (claim, findings) in judged {
      lines.append(
        "| [\(escapeMarkdown(claim.statement))](#\(claim.id)) | \(claim.section) | "
          + zip(panels, findings).map { mark($1, $0) }.joined(separator: " | ") + " |")
    }
    lines += ["", "## Figures", ""]
    for (claim, findings) in judged {
      lines += ["### \(claim.id)", ""]
      lines += ["\(escapeMarkdown(claim.statement)) (section \(claim.section))", ""]
      lines += ["Tested: \(escapeMarkdown(claim.test)).", ""]
      for (comparisons, finding) in zip(panels, findings) {
        lines.append(
          "- \(escapeMarkdown(comparisons.title)): **\(finding.verdict.rawValue)**"
            + finding.caveat(comparisons))
        for figure in finding.figures { lines.append("  - \(escapeMarkdown(figure))") }
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }

  private func mark(_ finding: Finding, _ comparisons: PanelComparisons) -> String {
    let name = finding.verdict.rawValue
    let isDecided = finding.verdict == .held || finding.verdict == .notHeld
    return (isDecided ? "**\(name)**" : name) + finding.caveat(comparisons)
  }
}

/// The remark on section III-B, which no run decides.
let gradientIdentityNote =
  "The gradient identity of equations (7) and (8) (section III-B), FN_2 = FP_1 included, is a "
  + "property of the recall loss, not of these runs: recallbench losses check recall measures it."
