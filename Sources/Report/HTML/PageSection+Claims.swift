import Files

extension PageSection {
  /// The paper's statements with their verdicts, and the figures behind each. Nil without runs that can
  /// be compared.
  static func claims(
    _ all: [PanelComparisons], _ judged: [(claim: Claim, findings: [Finding])]
  ) -> PageSection? {
    guard !all.isEmpty else { return nil }
    let verdicts = DataTable(
      caption: "Verdicts on the paper's statements", rowHeader: "statement",
      columns: [DataTable.Column(title: "section", isNumeric: false)]
        + all.map { DataTable.Column(title: $0.title, isNumeric: false) },
      rows: judged.map { claim, panels in
        DataTable.Row(
          label: claim.statement,
          cells: [claim.section]
            + zip(all, panels).map { comparisons, finding in
              finding.verdict.rawValue + finding.caveat(comparisons)
            })
      }, wraps: true)
    let details = judged.map { claim, panels -> HTML in
      let lines = zip(all, panels).map { comparisons, finding in
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
        <p>\(GradientIdentity().statement)</p>
        \(folded("The figures behind the verdicts", details.joined("\n")))
        """)
  }

  /// Every loss against cross-entropy. Nil where there is nothing to hold against it.
  static func differences(_ tables: [DifferencesTable]) -> PageSection? {
    guard !tables.isEmpty else { return nil }
    return PageSection(
      anchor: "differences", title: "Differences from cross-entropy",
      parts: tables.map { table in
        let columns = DifferencesTable.scores.flatMap { score in
          [
            DataTable.Column(title: "\(score.name), points"),
            DataTable.Column(title: "95 % interval", isNumeric: false),
            DataTable.Column(title: "p (Holm)"),
            DataTable.Column(title: "verdict", isNumeric: false),
          ]
        }
        let rows = table.rows.map { row in
          DataTable.Row(
            label: row.loss.notation,
            cells: row.differences.flatMap { difference -> [String] in
              guard let difference else { return [dash, dash, dash, dash] }
              return [
                signed(difference.estimate.value), difference.intervalText,
                fixed(difference.adjusted, 3), difference.verdict.rawValue,
              ]
            })
        }
        return Part(
          anchor: "table-\(table.slug)", title: table.title,
          body: """
            \(folded("How these numbers were made", paragraphs([table.caption])))
            \(DataTable(caption: table.title, rowHeader: "loss", columns: columns, rows: rows).html)
            \(bullets(table.notes))
            """)
      })
  }
}
