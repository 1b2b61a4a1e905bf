import Files

extension Claims {
  /// The verdicts as a table of statements and panels, and the numbers behind each.
  var section: PageSection {
    PageSection(
      anchor: "claims", title: Self.title,
      body: """
        <p class="tally">\(extent): \(tally.map { Self.chip($0.verdict, $0.count) }.joined(" "))</p>
        \(hasVerdicts ? matrix : folded("What more seeds would test", matrix))
        <p class="below">\(Self.rule)</p>
        \(folded("The numbers behind each verdict", details))
        """)
  }

  /// Whether there is any: with one seed there is none.
  private var hasVerdicts: Bool {
    tested.contains { $0.findings.contains { $0.verdict != .oneSeed && $0.verdict != .untested } }
  }

  private static func chip(_ verdict: Finding.Verdict, _ count: Int) -> HTML {
    "<span class=\"v \(verdict.style)\">\(verdict.sign) \(count) \(verdict.rawValue)</span>"
  }

  private var matrix: HTML {
    let head = panels.map { "<th scope=\"col\" title=\"\($0.title)\">\($0.id)</th>" as HTML }
    let rows = tested.map { claim, findings -> HTML in
      """
      <tr><th scope="row"><a href="#claim-\(claim.id)">\(claim.statement)</a></th>\(findings.map(Self.cell).joined())</tr>
      """
    }
    return """
      <div class="wide" tabindex="0" role="group" aria-label="Verdicts by statement and panel">
      <table class="verdicts">
      <thead>
      <tr><th scope="col">statement</th>\(head.joined())</tr>
      </thead>
      <tbody>
      \(rows.joined("\n"))
      </tbody>
      </table>
      </div>
      """
  }

  private static func cell(_ finding: Finding) -> HTML {
    let verdict = finding.verdict
    let why = finding.deciding?.text ?? finding.numbers.first ?? ""
    let text = verdict == .oneSeed ? "\(verdict.sign) one seed" : verdict.text
    return "<td class=\"v \(verdict.style)\" title=\"\(why)\">\(text)</td>"
  }

  private var details: HTML {
    let parts = tested.map { claim, findings -> HTML in
      let lines = zip(panels, findings).map { comparisons, finding in
        "\(comparisons.id): \(finding.verdict.text). \(finding.numbers.joined(separator: "; "))"
      }
      return """
        <h3 id="claim-\(claim.id)" tabindex="-1">\(claim.statement)</h3>
        <p>\(claim.origin.capitalizedFirst). Tested: \(claim.test).</p>
        \(bullets(lines))
        """
    }
    let rest = untested.map { claim, findings in
      "\(claim.statement) \(Set(findings.flatMap(\.numbers)).sorted().joined(separator: "; "))."
    }
    let end: HTML =
      rest.isEmpty ? .empty : "<h3>Not tested in any panel, and why</h3>\n\(bullets(rest))\n"
    return "\(parts.joined("\n"))\n\(end)<p>\(gradientIdentityNote)</p>"
  }
}

extension Finding.Verdict {
  /// The class of the page's style sheet.
  fileprivate var style: String {
    switch self {
    case .supported: "supported"
    case .contradicted: "contradicted"
    case .inconclusive: "inconclusive"
    case .untestable, .oneSeed, .untested: "open"
    }
  }
}
