import Datasets
import Experiments
import Foundation

/// Writes `summary.csv`, `tables.md`, `claims.md`, `report.html`, `tables/` and `figures/` of a sweep into
/// its folder, all derived from the stored confusion matrices and histories. The same input gives the
/// same bytes.
/// - Throws: `ReportError` with one line for the user. Where gnuplot is missing or fails, all tables
///   have been written by then.
/// - Parameter further: sections that the page has after its tables.
package func writeReport(
  _ input: ReportInput, to folder: URL, further: [PageSection] = []
) throws {
  var grid = try Grid(input)
  guard !grid.panels.isEmpty else {
    throw ReportError("\(folder.path): no run here to report on; run a sweep into it first")
  }
  let comparisons = grid.panels.flatMap { panel in
    panel.settings.map { PanelComparisons(panel, $0) }
  }.filter { !$0.losses.isEmpty }
  let differences = comparisons.compactMap(DifferencesTable.init)
  let judged = Claim.judged(comparisons)
  for (index, panel) in grid.panels.enumerated() {
    for table in differences where table.panel == panel.panel {
      grid.panels[index].indistinct[table.setting] =
        table.rows.filter { $0.isIndistinct == true }.map(\.loss)
    }
  }
  let tables = grid.panels.flatMap { panel in
    [Table.minority(panel), Table.allClasses(panel), Table.overlap(panel)]
      + [Table.variants(panel)].compactMap(\.self)
  }
  let figures = Figure.all(grid)
  let script = ScatterScript(
    layout: ScatterLayout(grid, profile: input.profile, highlighted: input.highlighted))
  var files = [
    "summary.csv": summaryCSV(grid),
    "tables.md": tablesPage(
      grid, tables: tables, differences: differences, figures: figures, profile: input.profile),
    "figures/scatter.dat": script.data,
    "figures/scatter.gp": script.script,
  ]
  if !comparisons.isEmpty {
    files["claims.md"] = claimsPage(comparisons, judged, profile: input.profile)
  }
  for figure in figures {
    files["figures/\(figure.slug).dat"] = figure.data
    files["figures/\(figure.slug).gp"] = figure.script
  }
  for table in differences {
    files["tables/\(table.slug).md"] = table.markdown()
    files["tables/\(table.slug).csv"] = table.csv
  }
  for table in tables {
    files["tables/\(table.slug).md"] = table.markdown()
    files["tables/\(table.slug).csv"] = table.csv
    files["tables/\(table.slug).tex"] = table.latex
  }
  do {
    for name in ["tables", "figures"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appending(path: name), options: .atomic)
    }
    try removeStaleTables(in: folder, keeping: Set(files.keys))
  } catch {
    throw ReportError("\(folder.path): cannot write the report: \(error.localizedDescription)")
  }
  // The page holds the figures there are, also where one cannot be drawn.
  let drawing = folder.appending(path: "figures")
  let drawn = Result {
    try Gnuplot.run((["scatter"] + figures.map(\.slug)).map { "\($0).gp" }, in: drawing)
  }
  let sections =
    [.claims(comparisons, judged), .differences(differences)].compactMap(\.self) + further
    + [try .figures(figures.filter { !$0.isDrawnByPage }.map(PageFigure.init), in: drawing)]
    .compactMap(\.self)
  let page = ReportPage(grid, tables: tables, profile: input.profile, further: sections)
  do {
    try Data(page.html.utf8).write(to: folder.appending(path: "report.html"), options: .atomic)
  } catch {
    throw ReportError("\(folder.path): cannot write report.html: \(error.localizedDescription)")
  }
  try drawn.get()
}

/// Tables of panels that an earlier report had and this one has not.
private func removeStaleTables(in folder: URL, keeping files: Set<String>) throws {
  for dataset in DatasetName.allCases {
    for network in NetworkName.allCases {
      for kind in ["minority", "all", "overlap", "variants", "differences"] {
        for suffix in ["md", "csv", "tex"] {
          let slug = Panel(dataset: dataset, network: network).slug
          let name = "tables/\(slug)-\(kind).\(suffix)"
          let file = folder.appending(path: name)
          if !files.contains(name) && FileManager.default.fileExists(atPath: file.path) {
            try FileManager.default.removeItem(at: file)
          }
        }
      }
    }
  }
}
