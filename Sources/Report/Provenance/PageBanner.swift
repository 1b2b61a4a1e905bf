import Datasets
import Experiments

/// What a reader must know before any number: real data or not, which panels, how many seeds, how far
/// from the paper, which code.
func pageBanner(_ grid: Grid) -> HTML {
  let settings = grid.panels.flatMap(\.settings)
  let kinds = Set(settings.map(\.shared.data.kind))
  let isRendered = kinds.contains(.rendered)
  return """
    <div class="banner\(isRendered ? " stand-in" : "")" role="note" aria-label="About these results">
    <p><strong>\(lead(kinds))</strong> \(certainty(grid))</p>
    <dl>
    \(facts(grid).map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" as HTML }.joined("\n"))
    </dl>
    \(grid.places.count > 8 ? folded("The \(grid.places.count) panels and settings", panelTable(grid)) : panelTable(grid))
    \(folded("How each panel's numbers were made, and how that differs from the paper", provenance(grid)))
    </div>
    """
}

private func lead(_ kinds: Set<DataKind>) -> String {
  switch kinds {
  case [.rendered]: "Rendered stand-ins, not the real data."
  case [.own]: "Own data, as its description says."
  case [.real], []: "Real data."
  default:
    list(
      DataKind.allCases.filter(kinds.contains).map {
        $0 == .rendered ? "rendered stand-ins" : $0.rawValue
      }
    )
    .capitalizedFirst + "; the table of panels says which."
  }
}

private func certainty(_ grid: Grid) -> String {
  let counts = grid.places.map { $0.panel.finishedSeeds($0.setting).count }
  if counts.allSatisfy({ $0 < 2 }) { return "One seed: no verdict on any loss." }
  return counts.contains { $0 < 2 } ? "Panels with one seed have no verdicts." : ""
}

private func facts(_ grid: Grid) -> [(String, String)] {
  let rows = grid.panels.flatMap(\.rows)
  let failed = rows.reduce(0) { $0 + $1.failed.count }
  // A loss without any run here, as the provenance lists it, is a cell too.
  let missing = rows.reduce(0) { count, row in
    count + max(row.missing.count, row.runs.isEmpty && row.failed.isEmpty ? 1 : 0)
  }
  let finished = grid.runs.count
  var commits: [String] = []
  for build in grid.builds where !commits.contains(build.shortCommit) {
    commits.append(build.shortCommit)
  }
  return [
    ("Data", grid.datasets.map(\.title).joined(separator: ", ")),
    ("Losses", "\(Set(rows.map(\.loss)).count)"),
    (
      "Runs",
      "\(finished) of \(finished + failed + missing) finished, \(failed) failed, \(missing) missing"
    ),
    (
      commits.count == 1 ? "Commit" : "Commits",
      commits.isEmpty ? "not recorded" : commits.joined(separator: ", ")
    ),
  ]
}

/// Each panel on a line, under the short name that the rest of the page calls it by.
private func panelTable(_ grid: Grid) -> HTML {
  let rows = grid.places.map { place -> HTML in
    let cells = place.summary.map { "<td>\($0)</td>" as HTML }
    return """
      <tr id="panel-\(place.anchor)"><th scope="row">\(place.id)</th>\(cells.joined())</tr>
      """
  }
  let head = PanelPlace.columns.map { "<th scope=\"col\">\($0)</th>" as HTML }
  return """
    <div class="scrolls" tabindex="0" role="group" aria-label="Panels">
    <table class="plain panels">
    <thead><tr><th scope="col">panel</th>\(head.joined())</tr></thead>
    <tbody>
    \(rows.joined("\n"))
    </tbody>
    </table>
    </div>
    """
}

/// The whole sentence of each panel, then each distinct list of differences from the paper.
private func provenance(_ grid: Grid) -> HTML {
  let sentences = grid.places.map { "<p><b>\($0.id)</b>: \($0.caption)</p>" as HTML }
  var groups: [(differences: [PaperDeviation], ids: [String])] = []
  for place in grid.places {
    let differences = place.setting.deviationsFromPaper
    if let index = groups.firstIndex(where: { $0.differences == differences }) {
      groups[index].ids.append(place.id)
    } else {
      groups.append((differences, [place.id]))
    }
  }
  let tables = groups.map { group -> HTML in
    let rows = group.differences.map { difference -> HTML in
      "<tr><th scope=\"row\">\(difference.what)</th><td>\(difference.ours)</td><td>\(difference.theirs)</td></tr>"
    }
    return """
      <p><b>\(group.ids.joined(separator: ", "))</b>, scaled down from the paper:</p>
      <table class="plain">
      <thead><tr><th scope="col">setting</th><th scope="col">here</th><th scope="col">the paper</th></tr></thead>
      <tbody>
      \(rows.joined("\n"))
      </tbody>
      </table>
      """
  }
  return (sentences + tables).joined("\n")
}
