import Datasets
import Experiments
import Files
import Foundation

/// Writes `summary.csv`, `tables.md`, `claims.md`, `report.html`, `tables/` and `figures/` of a sweep into
/// its folder, all derived from the stored confusion matrices and histories. The same input gives the
/// same bytes.
/// - Throws: `UserError` with one line for the user. Where gnuplot is missing or fails, all tables
///   have been written by then.
/// - Parameters:
///   - further: sections that the page has after its tables.
///   - pictures: sheets of input, truth and predictions. One with real data is written beside the other
///     figures, but nothing else holds a copy of it.
package func writeReport(
  _ input: ReportInput, to folder: URL, further: [PageSection] = [], pictures: [PictureSheet] = []
) throws {
  var grid = try Grid(input)
  guard !grid.panels.isEmpty else {
    throw UserError("\(folder.path): no run here to report on; run a sweep into it first")
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
      + [Table.variants(panel), .checkpoints(panel), .learningRates(panel)].compactMap(\.self)
  }
  let drawnGrid = grid.withBestRates
  let figures = Figure.all(drawnGrid)
  let script = ScatterScript(
    layout: ScatterLayout(drawnGrid, profile: input.profile, highlighted: input.highlighted))
  let published = ScatterLayout.published(drawnGrid, profile: input.profile).map {
    ScatterScript(layout: $0, name: "published")
  }
  let shownSheets = pictures.filter { !$0.showsRealData }
  var files = [
    "summary.csv": summaryCSV(grid),
    "tables.md": tablesPage(
      grid, tables: tables, differences: differences, figures: figures, profile: input.profile,
      published: published != nil, pictures: shownSheets.map { $0.figure(grid) }),
  ]
  for script in [script, published].compactMap(\.self) {
    files["figures/\(script.name).dat"] = script.data
    files["figures/\(script.name).gp"] = script.script
  }
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
    try removePictures(in: folder.appending(path: "figures"))
  } catch {
    throw UserError("\(folder.path): cannot write the report: \(error.localizedDescription)")
  }
  // The page holds the figures there are, also where one cannot be drawn.
  let drawing = folder.appending(path: "figures")
  let drawn = Result {
    let names = [script, published].compactMap { $0?.name } + figures.map(\.slug)
    try Gnuplot.run(names.map { "\($0).gp" }, in: drawing)
    for sheet in pictures { try sheet.write(grid, in: drawing) }
  }
  let pageFigures =
    (published == nil ? [] : [publishedFigure])
    + figures.filter { !$0.isDrawnByPage }.map(PageFigure.init)
  let sections =
    [
      .claims(comparisons, judged), .differences(differences),
      try .figures(
        shownSheets.map { $0.figure(grid) }, in: drawing, anchor: "pictures", title: "Pictures"),
    ].compactMap(\.self) + further
    + [try .figures(pageFigures, in: drawing)].compactMap(\.self)
  let page = ReportPage(
    grid, drawn: drawnGrid, tables: tables, profile: input.profile, further: sections)
  do {
    try Data(page.html.utf8).write(to: folder.appending(path: "report.html"), options: .atomic)
  } catch {
    throw UserError("\(folder.path): cannot write report.html: \(error.localizedDescription)")
  }
  try drawn.get()
}

let publishedFigure = PageFigure(
  file: "published.png", title: "The paper's figures beside ours",
  alternative:
    "Average accuracy against average IoU of the minority classes, the paper's tables beside ours",
  caption:
    "Average accuracy against average IoU of the minority classes: left as the paper's tables "
    + "print them, right ours of the same losses. The paper prints no numbers for its own scatters of "
    + "all classes (Fig. 1 and 2), which the page's first figures correspond to.")

/// Of an earlier report: what is not drawn now must not be shown.
private func removePictures(in figures: URL) throws {
  for name in try FileManager.default.contentsOfDirectory(atPath: figures.path)
  where name.hasSuffix("-pictures.png")
    || name.hasPrefix("published.") && !name.hasSuffix(".gp")
      && !name.hasSuffix(".dat")
  {
    try FileManager.default.removeItem(at: figures.appending(path: name))
  }
}

/// Tables of panels that an earlier report had and this one has not.
private func removeStaleTables(in folder: URL, keeping files: Set<String>) throws {
  for dataset in DatasetName.allCases {
    for network in NetworkName.allCases {
      for kind in [
        "minority", "all", "overlap", "variants", "differences", "checkpoints", "learning-rates",
      ] {
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
