import Files

extension Claims {
  /// The paper's statements with their verdicts and the numbers behind each.
  var section: PageSection {
    let verdicts = DataTable(
      caption: "Verdicts on the paper's statements", rowHeader: "statement",
      columns: [DataTable.Column(title: "section", isNumeric: false)]
        + panels.map { DataTable.Column(title: $0.title, isNumeric: false) },
      rows: judged.map { claim, findings in
        DataTable.Row(
          label: claim.statement,
          cells: [claim.section]
            + zip(panels, findings).map { comparisons, finding in
              finding.verdict.rawValue + finding.caveat(comparisons)
            })
      }, wraps: true)
    let details = judged.map { claim, findings -> HTML in
      let lines = zip(panels, findings).map { comparisons, finding in
        "\(comparisons.title): \(finding.verdict.rawValue). "
          + finding.figures.joined(separator: "; ")
      }
      return "<h3>\(claim.statement)</h3>\n<p>Tested: \(claim.test).</p>\n\(bullets(lines))"
    }
    let rule =
      "The rules were fixed before any verdict was computed and are the same for every loss "
      + "(docs/claims.md). Not distinguishable means that these runs cannot tell, not that the "
      + "statement is wrong; the runs are scaled down from the paper's."
    return PageSection(
      anchor: "claims", title: "The paper's statements, tested",
      body: """
        <p>\(rule)</p>
        \(verdicts.html)
        <p>\(gradientIdentityNote)</p>
        \(folded("The figures behind the verdicts", details.joined("\n")))
        """)
  }
}
