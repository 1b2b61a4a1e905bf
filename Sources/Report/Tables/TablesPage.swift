/// The page that holds all tables and the figure of a sweep, as Markdown.
func tablesPage(
  _ grid: Grid, tables: [Table], differences: [DifferencesTable], figures: [Figure],
  profile: String,
  published: Bool, pictures: [PageFigure]
) -> String {
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
  func add(_ markdown: String, _ slug: String, _ suffixes: [String]) {
    lines.append(markdown)
    let files = suffixes.map { "[\($0)](tables/\(slug).\($0))" }
    lines += ["Files: \(files.joined(separator: ", "))", ""]
  }
  if !differences.isEmpty {
    lines += ["What the paper says, and whether it holds here: [claims.md](claims.md).", ""]
  }
  for table in differences { add(table.markdown(level: 2), table.slug, ["md", "csv"]) }
  for table in tables { add(table.markdown(level: 2), table.slug, ["md", "csv", "tex"]) }
  for figure in (published ? [publishedFigure] : []) + pictures {
    lines += [
      "## \(escapeMarkdown(figure.title))", "",
      "![\(escapeMarkdown(figure.alternative))](figures/\(figure.file))", "",
      escapeMarkdown(figure.caption), "",
    ]
  }
  for figure in figures {
    lines += [
      "## \(escapeMarkdown(figure.title))", "",
      "![\(escapeMarkdown(figure.title))](figures/\(figure.slug).png)", "",
      escapeMarkdown(figure.caption), "",
      "[data](figures/\(figure.slug).dat), [gnuplot script](figures/\(figure.slug).gp)", "",
    ]
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
