/// `claims.md`: every testable statement of the paper, and what came of it here.
func claimsPage(
  _ all: [PanelComparisons], _ judged: [(claim: Claim, findings: [Finding])], profile: String
) -> String {
  var lines = ["# The paper's statements, tested on: \(escapeMarkdown(profile))", ""]
  lines += [
    "The rules were fixed before any verdict was computed and are the same for every loss: "
      + "docs/claims.md. *Not distinguishable* means that the runs here cannot tell, not that the "
      + "statement is wrong. Differences are in percentage points with 95 % intervals, p after "
      + "Holm's correction. **The runs are scaled down from the paper's, as said here:**", "",
  ]
  for comparisons in all {
    lines.append(
      "- \(escapeMarkdown(comparisons.title)): \(escapeMarkdown(comparisons.caption)) Intervals are "
        + "\(comparisons.basis).")
  }
  lines += ["", "\(escapeMarkdown(GradientIdentity().statement))"]
  lines += ["", "## Verdicts", ""]
  lines.append(
    "| statement | section | " + all.map { escapeMarkdown($0.title) }.joined(separator: " | ")
      + " |")
  lines.append("|---|---|" + all.map { _ in "---|" }.joined())
  for (claim, panels) in judged {
    lines.append(
      "| [\(escapeMarkdown(claim.statement))](#\(claim.id)) | \(claim.section) | "
        + zip(all, panels).map { mark($1, $0) }.joined(separator: " | ") + " |")
  }
  lines += ["", "## Figures", ""]
  for (claim, panels) in judged {
    lines += ["### \(claim.id)", ""]
    lines += ["\(escapeMarkdown(claim.statement)) (section \(claim.section))", ""]
    lines += ["Tested: \(escapeMarkdown(claim.test)).", ""]
    for (comparisons, finding) in zip(all, panels) {
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
