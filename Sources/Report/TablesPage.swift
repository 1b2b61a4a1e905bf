/// The page that holds all tables and the figure of a sweep, as Markdown.
func tablesPage(_ grid: Grid, tables: [Table], profile: String) -> String {
  var lines = ["# RecallBench results: \(escapeMarkdown(profile))", ""]
  lines += ["## Scaled down from the paper", ""]
  for (line, titles) in scaledDown(grid) {
    lines.append("- **\(escapeMarkdown(titles.joined(separator: "; ")))**: \(escapeMarkdown(line))")
  }
  lines += ["", "One line a run: [summary.csv](summary.csv).", ""]
  lines += ["## Mean accuracy against mean IoU", ""]
  lines += ["![Mean accuracy against mean IoU, every loss](figures/scatter.png)", ""]
  lines += [
    "The same as [SVG](figures/scatter.svg), [data](figures/scatter.dat) and "
      + "[gnuplot script](figures/scatter.gp).", "",
  ]
  for line in scatterCaptions(grid) { lines += [escapeMarkdown(line), ""] }
  for table in tables {
    lines.append(table.markdown(level: 2))
    let files = ["md", "csv", "tex"].map { "[\($0)](tables/\(table.slug).\($0))" }
    lines += ["Files: \(files.joined(separator: ", "))", ""]
  }
  return lines.joined(separator: "\n")
}

/// Each distinct list of differences from the paper, with the panels it holds for.
private func scaledDown(_ grid: Grid) -> [(line: String, titles: [String])] {
  var lines: [(line: String, titles: [String])] = []
  for panel in grid.panels {
    for setting in panel.settings {
      let line = setting.differences
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
