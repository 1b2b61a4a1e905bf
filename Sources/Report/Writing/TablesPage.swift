import Files

extension SweepReport {
  /// `tables.md`: what was found, the panels, then the Markdown of all artifacts.
  var tablesPage: String {
    var lines = ["# RecallBench results: \(escapeMarkdown(profile))", ""]
    if let findings { lines.append(findings.markdown) }
    lines += panelTable
    lines += [
      "Every table is also in `tables/` as CSV and LaTeX, and every figure in `figures/` with its "
        + "data and gnuplot script; `recallbench report` writes them from the stored runs. "
        + "[report.html](report.html) is one page of everything, to be opened in a browser.", "",
    ]
    return lines.joined(separator: "\n") + "\n"
      + artifacts.compactMap(\.markdown).joined(separator: "\n")
  }

  /// What the short names of panels stand for: the one place that says how numbers were made.
  private var panelTable: [String] {
    let rows = grid.places.map { place in
      [place.id, place.title, place.caption, place.setting.deviationsText]
        .map(escapeMarkdown)
    }
    let header = [
      "panel", "data and network", "how its numbers were made", "scaled down from the paper",
    ]
    return [
      "## Panels", "", markdownTable(header, rows), "", "Sizes are height x width, in pixels.", "",
    ]
  }
}
