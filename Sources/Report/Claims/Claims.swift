/// Every testable statement of the paper, and what came of it here: `claims.md` and a section of the
/// page.
struct Claims: Artifact {
  typealias Judged = (claim: Claim, findings: [Finding])

  /// The panels that have runs to compare.
  let panels: [PanelComparisons]
  /// Those with a result in some panel. The findings are in the order of the panels.
  let tested: [Judged]
  /// Those without, each with the reason.
  let untested: [Judged]
  let profile: String

  /// nil where no statement has a result: a sweep that is not about the paper's losses.
  init?(_ panels: [PanelComparisons], profile: String) {
    (self.panels, self.profile) = (panels, profile)
    let judged: [Judged] = Claim.all.map { claim in (claim, panels.map(claim.finding)) }
    tested = judged.filter { $0.findings.contains { $0.verdict != .untested } }
    untested = judged.filter { $0.findings.allSatisfy { $0.verdict == .untested } }
    if tested.isEmpty { return nil }
  }

  /// How often each verdict was given, over all statements and panels.
  var tally: [(verdict: Finding.Verdict, count: Int)] {
    let all = (tested + untested).flatMap(\.findings).map(\.verdict)
    return Finding.Verdict.allCases.map { verdict in (verdict, all.count { $0 == verdict }) }
  }

  /// `18 statements in 4 panels`
  var extent: String {
    let statements = tested.count + untested.count
    return "\(statements) statements in \(panels.count) \(panels.count == 1 ? "panel" : "panels")"
  }

  static let title = "Verdicts on the paper's statements"

  static let rule =
    "The rules were fixed before any verdict was computed and are the same for every loss "
    + "(docs/claims.md). Inconclusive: these runs cannot tell. The runs are scaled down from the "
    + "paper's, so no verdict refutes the paper."

  var files: [ReportFile] {
    [
      ReportFile("claims.md", .text(page)),
      .csv(
        "tables/claims.csv", header: Self.columns, records,
        caption: [
          "\(Self.title). \(Self.rule) The last two columns: the number that decides, if one does."
        ]),
    ]
  }

  static let columns = ["claim", "statement", "panel", "verdict", "measured", "number"]

  /// A line for each statement and panel.
  private var records: [[String]] {
    (tested + untested).flatMap { claim, findings in
      zip(panels, findings).map { comparisons, finding in
        [
          claim.id, claim.statement, comparisons.id, finding.verdict.rawValue,
          finding.deciding?.what ?? "", finding.deciding?.number ?? "",
        ]
      }
    }
  }

  func section(_ pictures: PagePictures) -> PageSection? { section }
}

extension Claims {
  /// For `tables.md`: the verdicts alone.
  var markdown: String? {
    let end = "The numbers behind each: [claims.md](claims.md)."
    return (["## \(Self.title)", ""] + summary("claims.md") + ["", end, ""])
      .joined(separator: "\n") + "\n"
  }

  /// The tally and the verdict of each statement in each panel.
  /// - Parameter file: that has the numbers behind each; empty: this one.
  private func summary(_ file: String) -> [String] {
    let counts = tally.map { "\($0.verdict.sign) \($0.count) \($0.verdict.rawValue)" }
    var lines = ["\(extent): \(counts.joined(separator: ", ")). \(Self.rule)", ""]
    lines.append(
      markdownTable(
        ["statement"] + panels.map(\.id),
        tested.map { claim, findings in
          ["[\(escapeMarkdown(claim.statement))](\(file)#\(claim.id))"]
            + findings.map { Self.mark($0.verdict) }
        }))
    if !untested.isEmpty {
      lines += ["", "Not tested in any panel: \(untested.count) further statements."]
    }
    return lines
  }

  private static func mark(_ verdict: Finding.Verdict) -> String {
    verdict.isDecided ? "\(verdict.sign) **\(verdict.rawValue)**" : verdict.text
  }

  private var page: String {
    var lines = ["# The paper's statements, tested on: \(escapeMarkdown(profile))", ""]
    lines += summary("")
    lines += ["", escapeMarkdown(gradientIdentityNote), "", "## Panels", ""]
    lines += [
      "Differences are in percentage points with 95 % intervals, p after Holm's correction. **The runs "
        + "are scaled down from the paper's, as described here:**", "",
    ]
    lines += panels.map {
      "- \($0.id) is \(escapeMarkdown($0.title)). \(escapeMarkdown($0.caption)) Intervals are "
        + "\($0.basis)."
    }
    lines += ["", "## Numbers", ""]
    for judged in tested { lines += details(judged) }
    if !untested.isEmpty { lines += ["## Not tested in any panel", ""] }
    for judged in untested { lines += details(judged) }
    return lines.joined(separator: "\n")
  }

  private func details(_ judged: Judged) -> [String] {
    let (claim, findings) = judged
    var lines = ["### \(claim.id)", ""]
    lines += ["\(escapeMarkdown(claim.statement)) (\(claim.origin))", ""]
    lines += ["Tested: \(escapeMarkdown(claim.test)).", ""]
    for (comparisons, finding) in zip(panels, findings) {
      lines.append("- \(comparisons.id): \(Self.mark(finding.verdict))")
      lines += finding.numbers.map { "  - \(escapeMarkdown($0))" }
    }
    return lines + [""]
  }
}

extension Claim {
  /// `section IV-B`, `abstract`, or that it is not the paper's.
  var origin: String {
    switch section {
    case "none": "not in the paper"
    case "abstract": section
    default: "section \(section)"
    }
  }
}

/// The remark on section III-B, which no run decides.
let gradientIdentityNote =
  "The gradient identity of equations (7) and (8) (section III-B), FN_2 = FP_1 included, is a "
  + "property of the recall loss, not of these runs: recallbench losses check recall measures it."
