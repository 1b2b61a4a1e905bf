import Files
import Foundation

/// The report of one loss compared with stored ones: what the command says, then the figures and
/// pictures that show it.
struct ComparisonReport: ReportDocument {
  let candidate: String
  let grid: Grid
  let artifacts: [any Artifact]

  init(_ comparison: Comparison, _ input: ReportInput, _ pictures: [PictureSheet]) throws {
    let grid = try Grid(input)
    (candidate, self.grid) = (comparison.candidate.notation, grid)
    var list: [any Artifact] = [
      comparison,
      ScatterFigure.all(grid, profile: input.profile, highlighted: input.highlighted),
    ]
    list += pictures.map { SheetFigure($0, grid) }
    list += grid.panels.flatMap { panel in
      Table.all(panel, panel.settings.map { PanelComparisons(panel, $0) })
    }
    list += grid.panels.compactMap { LearningCurves($0, note: "") }
    list += [PageSection.configuration(grid)]
    artifacts = list
  }

  var files: [ReportFile] { artifacts.flatMap(\.files) }
  var markdownName: String { "comparison.md" }
  var pageName: String { "comparison.html" }

  var markdownText: String {
    let title = "# \(escapeMarkdown(candidate)) compared with stored losses\n\n"
    return title + artifacts.compactMap(\.markdown).joined(separator: "\n")
  }

  func page(_ pictures: PagePictures) throws -> ReportPage {
    let sections = PageSection.joined(try artifacts.compactMap { try $0.section(pictures) })
      .map { $0.assigned(to: grid.panels) }
    let links = RunLinks(pictures, anchors: Set(sections.flatMap(\.anchors)))
    return ReportPage(
      title: "RecallBench: \(candidate)", banner: pageBanner(grid),
      sections: sections + [PageSection.runs(grid, links)],
      panels: grid.panels.map { (id: $0.id, title: $0.title) }, pictures: pictures.source)
  }
}

/// Writes `comparison.md`, `comparison.html` and what they show into a folder.
/// - Parameters:
///   - pictures: sheets of input, truth and predictions.
///   - isSingleFile: whether the page embeds its pictures, to be sent.
/// - Throws: `UserError` with one line for the user.
package func writeComparison(
  _ comparison: Comparison, _ input: ReportInput, to folder: URL, pictures: [PictureSheet] = [],
  isSingleFile: Bool = false
) throws {
  try ComparisonReport(comparison, input, pictures).write(to: folder, isSingleFile: isSingleFile)
}
