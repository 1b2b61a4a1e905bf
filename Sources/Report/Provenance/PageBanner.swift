import Datasets
import Experiments

/// What a reader must know before any number: real data or not, how far from the paper, how many
/// seeds, which code.
func pageBanner(_ grid: Grid) -> HTML {
  let settings = grid.panels.flatMap(\.settings)
  let isRendered = settings.contains { $0.shared.data.source == .rendered }
  let isReal = settings.contains { $0.shared.data.source != .rendered }
  let lead: String
  switch (isReal, isRendered) {
  case (false, true): lead = "Rendered stand-ins, not the real data."
  case (true, true): lead = "Real data and rendered stand-ins; each table says which."
  default: lead = "Real data."
  }
  return """
    <div class="banner\(isRendered ? " stand-in" : "")" role="note" aria-label="About these results">
    <p><strong>\(lead)</strong></p>
    <dl>
    \(facts(grid).map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" as HTML }.joined("\n"))
    </dl>
    \(scaledDown(grid).joined("\n"))
    </div>
    """
}

private func facts(_ grid: Grid) -> [(String, String)] {
  let rows = grid.panels.flatMap(\.rows)
  let failed = rows.reduce(0) { $0 + $1.failed.count }
  // A loss without any run here, as the provenance lists it, is a cell too.
  let missing = rows.reduce(0) { count, row in
    count + max(row.missing.count, row.runs.isEmpty && row.failed.isEmpty ? 1 : 0)
  }
  let seeds = Set(grid.panels.flatMap { panel in panel.settings.flatMap { panel.seeds($0) } })
    .sorted()
  let iterations = Set(grid.panels.flatMap(\.settings).map(\.shared.training.iterations)).sorted()
  let datasets = grid.datasets.map(\.title)
  var commits: [String] = []
  for build in grid.builds where !commits.contains(build.shortCommit) {
    commits.append(build.shortCommit)
  }
  var list = [
    ("Data", datasets.joined(separator: ", ")),
    (seeds.count == 1 ? "Seed" : "Seeds", seeds.map { "\($0)" }.joined(separator: ", ")),
    ("Iterations", iterations.map { "\($0)" }.joined(separator: ", ")),
    ("Runs", "\(grid.runs.count) finished, \(failed) failed, \(missing) missing"),
    (
      commits.count == 1 ? "Commit" : "Commits",
      commits.isEmpty ? "not recorded" : commits.joined(separator: ", ")
    ),
  ]
  if seeds.count == 1 {
    list.append(("Certainty", "one seed: no spread over seeds is known"))
  }
  return list
}

/// Each distinct list of differences from the paper, under the panels it holds for.
private func scaledDown(_ grid: Grid) -> [HTML] {
  var groups: [(differences: [PaperDeviation], titles: [String])] = []
  for panel in grid.panels {
    for setting in panel.settings {
      let letter = panel.letter(setting)
      let title = panel.title + (letter.isEmpty ? "" : " [\(letter)]")
      let differences = setting.deviationsFromPaper
      if let index = groups.firstIndex(where: { $0.differences == differences }) {
        groups[index].titles.append(title)
      } else {
        groups.append((differences, [title]))
      }
    }
  }
  return groups.map { group in
    let rows = group.differences.map { difference -> HTML in
      "<tr><th scope=\"row\">\(difference.what)</th><td>\(difference.ours)</td><td>\(difference.theirs)</td></tr>"
    }
    let ours = group.differences.map { "\($0.what) \($0.ours)" }.joined(separator: "; ")
    return """
      <p><strong>\(group.titles.joined(separator: "; "))</strong>, scaled down from the paper: \(ours).</p>
      \(folded(
        "Each setting beside the paper's",
        """
        <table class="plain">
        <thead><tr><th scope="col">setting</th><th scope="col">here</th><th scope="col">the paper</th></tr></thead>
        <tbody>
        \(rows.joined("\n"))
        </tbody>
        </table>
        """))
      """
  }
}
