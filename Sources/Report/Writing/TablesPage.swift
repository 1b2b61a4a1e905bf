import Files

extension SweepReport {
  /// `tables.md`: what was found, then the Markdown of all artifacts.
  var tablesPage: String {
    var lines = ["# RecallBench results: \(escapeMarkdown(profile))", ""]
    if let findings { lines.append(findings.markdown) }
    lines += ["## Scaled down from the paper", ""]
    for (line, titles) in scaledDown {
      lines.append(
        "- **\(escapeMarkdown(titles.joined(separator: "; ")))**: \(escapeMarkdown(line))")
    }
    lines += [
      "",
      "Every table is also in `tables/` as CSV and LaTeX, and every figure in `figures/` with its "
        + "data and gnuplot script; `recallbench report` writes them from the stored runs. "
        + "[report.html](report.html) is one page of everything, to be opened in a browser.", "",
    ]
    return lines.joined(separator: "\n") + "\n"
      + artifacts.compactMap(\.markdown).joined(separator: "\n")
  }

  /// Each distinct list of deviations from the paper, with the panels it holds for.
  private var scaledDown: [(line: String, titles: [String])] {
    var lines: [(line: String, titles: [String])] = []
    for panel in grid.panels {
      for setting in panel.settings {
        let line = setting.deviationsText
        let letter = panel.letter(setting)
        let title = panel.title + (letter.isEmpty ? "" : " [\(letter)]")
        if let index = lines.firstIndex(where: { $0.line == line }) {
          lines[index].titles.append(title)
        } else {
          lines.append((line, [title]))
        }
      }
    }
    return lines
  }
}
