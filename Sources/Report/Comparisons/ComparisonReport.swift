import Files
import Foundation

/// The report of one loss compared with stored ones: what the command says, then the figures and
/// pictures that show it.
struct ComparisonReport: ReportDocument {
  let candidate: String
  let grid: Grid
  let artifacts: [any Artifact]

  init(_ comparison: Comparison, _ input: ReportInput, _ pictures: [PictureSheet]) throws {
    let (grid, candidate) = (try Grid(input), comparison.candidate.notation)
    (self.candidate, self.grid) = (candidate, grid)
    let comparisons = grid.panels.flatMap { panel in
      panel.settings.map { PanelComparisons(panel, $0) }
    }.filter { !$0.losses.isEmpty }
    // The new loss alone by class; beside the others in the forest plot.
    let own = comparisons.compactMap { ComparedLosses($0, of: [candidate], from: "ce") }
    let all = comparisons.compactMap { ComparedLosses($0, of: nil, from: "ce") }
    var list: [any Artifact] = [comparison]
    list += [ClassDifferencesFigure(own)].compactMap(\.self)
    list.append(
      ScatterFigure.all(grid, profile: input.profile, highlighted: input.highlighted))
    list += [forestPlot(all)].compactMap(\.self)
    list += [SheetFigures(pictures, grid)].compactMap(\.self)
    list += [LearningCurves(grid, note: "")].compactMap(\.self)
    list += grid.panels.flatMap { panel in
      Table.all(panel, comparisons.filter { $0.panel.key == panel.key })
    }
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
