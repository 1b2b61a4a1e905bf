import Files
import Metrics

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

  /// Every loss compared with cross-entropy. Nil where there is nothing to compare with it.
  static func differences(_ tables: [DifferencesTable]) -> PageSection? {
    guard !tables.isEmpty else { return nil }
    return PageSection(
      anchor: "differences", title: "Differences from cross-entropy",
      parts: tables.map { table in
        let columns = [
          DataTable.Column(title: "difference, points"),
          DataTable.Column(title: "95 % interval", isNumeric: false),
          DataTable.Column(title: "p (Holm)"),
          DataTable.Column(title: "verdict", isNumeric: false),
        ]
        let blocks = Metric.all.map { metric in
          DataTable(
            caption: ClassMean(metric).title.capitalizedFirst,
            name: "\(table.title), \(ClassMean(metric).title)", rowHeader: "loss",
            columns: columns, rows: table.rows.map { row(of: $0, metric) }
          ).html
        }
        return Part(
          anchor: "table-\(table.slug)", title: table.title,
          body: """
            \(folded("How these numbers were made", paragraphs([table.caption])))
            \(blocks.joined("\n"))
            \(bullets(table.notes))
            """)
      })
  }

  private static func row(of row: DifferencesTable.Row, _ metric: Metric) -> DataTable.Row {
    guard let difference = row.differences[metric] else {
      return DataTable.Row(label: row.loss.notation, cells: [dash, dash, dash, dash])
    }
    return DataTable.Row(
      label: row.loss.notation,
      cells: [
        signed(difference.estimate.value), difference.intervalText,
        fixed(difference.adjusted, 3), difference.verdict.rawValue,
      ])
  }
}
