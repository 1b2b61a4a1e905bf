import Datasets
import Experiments
import Foundation

/// Writes `summary.csv`, `tables.md`, `report.html`, `tables/` and `figures/` of a sweep into its folder, all
/// derived from the stored confusion matrices. The same input gives the same bytes.
/// - Throws: `ReportError` with one line for the user. Where gnuplot is missing or fails, all tables
///   have been written by then.
/// - Parameter further: sections that the page has after its tables.
package func writeReport(
  _ input: ReportInput, to folder: URL, further: [PageSection] = []
) throws {
  let grid = try Grid(input)
  guard !grid.panels.isEmpty else {
    throw ReportError("\(folder.path): no run here to report on; run a sweep into it first")
  }
  let tables = grid.panels.flatMap { panel in
    [Table.minority(panel), Table.allClasses(panel)] + [Table.variants(panel)].compactMap(\.self)
  }
  let script = ScatterScript(layout: ScatterLayout(grid, profile: input.profile))
  var files = [
    "summary.csv": summaryCSV(grid),
    "tables.md": tablesPage(grid, tables: tables, profile: input.profile),
    "figures/scatter.dat": script.data,
    "figures/scatter.gp": script.script,
  ]
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
  let drawn = Result {
    try Gnuplot.run(script: "scatter.gp", in: folder.appending(path: "figures"))
  }
  let page = ReportPage(grid, tables: tables, profile: input.profile, further: further)
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
      for kind in ["minority", "all", "variants"] {
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
