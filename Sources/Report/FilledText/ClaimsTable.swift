import Files
import Foundation

/// The verdicts on the paper's statements in several sweeps: a line for each statement, a column for each
/// panel.
struct ClaimsTable {
  private let header: [String]
  private let rows: [[String]]

  /// - Parameters:
  ///   - folders: output folders of sweeps.
  ///   - place: the folder of the text.
  /// - Throws: `UserError` if one of them has no verdicts.
  init(_ folders: [URL], linkedFrom place: URL) throws(UserError) {
    var (columns, texts) = ([Column](), [String: String]())
    for folder in folders {
      let table = try CSVTable(contentsOf: folder.appending(path: "tables/claims.csv"))
      let records = try table.records.map { (record) throws(UserError) in
        try Statement(record, table)
      }
      for record in records { texts[record.id] = record.text }
      let link = relativePath(to: folder.appending(path: "claims.md"), from: place)
      for panel in records.map(\.panel).unique {
        let own = records.filter { $0.panel == panel }.map { ($0.id, $0.verdict) }
        columns.append(
          Column(
            title: "\(escapeMarkdown(folder.lastPathComponent)) [\(panel)](\(link))",
            verdicts: Dictionary(own) { first, _ in first }))
      }
    }
    header = ["statement"] + columns.map(\.title)
    rows = Claim.all.compactMap { claim in
      texts[claim.id].map { text in
        [escapeMarkdown(text)] + columns.map { $0.verdicts[claim.id].map(Self.mark) ?? dash }
      }
    }
  }

  private struct Column {
    let title: String
    let verdicts: [String: Finding.Verdict]
  }

  private struct Statement {
    let id, text, panel: String
    let verdict: Finding.Verdict

    init(_ record: [String], _ table: CSVTable) throws(UserError) {
      guard table.columns == Claims.columns, let verdict = Finding.Verdict(rawValue: record[3]),
        Claim.all.contains(where: { $0.id == record[0] })
      else {
        throw UserError(
          path: table.file.path,
          problem: "is not of this version; write it again with 'recallbench report'")
      }
      (id, text, panel, self.verdict) = (record[0], record[1], record[2], verdict)
    }
  }

  private static func mark(_ verdict: Finding.Verdict) -> String {
    verdict.isDecided ? "**\(verdict.text)**" : verdict.sign
  }

  /// In Markdown, with what the signs say.
  var markdown: String {
    let signs = Finding.Verdict.allCases.map { "\($0.sign) \($0.rawValue)" }
    return markdownTable(header, rows) + "\n\n" + signs.joined(separator: "; ") + "."
  }
}
