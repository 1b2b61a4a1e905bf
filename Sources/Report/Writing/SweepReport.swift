import Foundation

/// A report of a sweep: the list of its artifacts, in the order in which they are shown.
struct SweepReport {
  let grid: Grid
  let profile: String
  /// What was found, before everything else; nil if there are no runs to compare.
  let findings: Findings?
  let artifacts: [any Artifact]

  init(
    _ unmarked: Grid, _ input: ReportInput, further: [any Artifact], pictures: [PictureSheet]
  ) {
    let comparisons = unmarked.panels.flatMap { panel in
      panel.settings.map { PanelComparisons(panel, $0) }
    }.filter { !$0.losses.isEmpty }
    let differences = comparisons.compactMap(DifferencesTable.init)
    let grid = unmarked.marking(differences)
    let drawn = grid.withBestRates
    let profile = input.profile
    let claims = Claims(comparisons, profile: profile)
    (self.grid, self.profile, findings) = (grid, profile, claims.flatMap(Findings.init))
    let compared = comparisons.compactMap { ComparedLosses($0, of: nil, from: "ce") }
    var list: [any Artifact] = [
      Summary(grid: grid),
      ScatterFigure.all(drawn, profile: profile, highlighted: input.highlighted),
    ]
    if let forest = forestPlot(compared) { list.append(forest) }
    if let regime = Table.regime(grid) { list.append(regime) }
    list += grid.panels.flatMap(Table.all)
    list += grid.panels.flatMap { Table.tuning($0, input) }
    if let claims { list.append(claims) }
    list += differences
    list += comparisons.compactMap(CorrectionTable.init)
    if let aggregates = AggregatesTable(drawn) { list.append(aggregates) }
    if let sheets = SheetFigures(pictures, grid) { list.append(sheets) }
    if let classes = ClassDifferencesFigure(compared) { list.append(classes) }
    list += further
    if let published = ScatterFigure.published(drawn, profile: profile) { list.append(published) }
    if let orders = Orders(comparisons) { list.append(orders) }
    if let differences = PublishedDifferences(comparisons) { list.append(differences) }
    list += FigureGroup.all(drawn)
    list += [PageSection.configuration(grid), .runs(grid)]
    artifacts = list
  }

  var files: [ReportFile] { artifacts.flatMap(\.files) }

  /// - Throws: `UserError` naming a picture that exists and cannot be read.
  func page(_ pictures: PagePictures) throws -> ReportPage {
    ReportPage(
      title: "RecallBench results: \(profile)", banner: pageBanner(grid),
      sections: [findings?.section].compactMap(\.self)
        + PageSection.joined(try artifacts.compactMap { try $0.section(pictures) }),
      pictures: pictures.source)
  }
}

extension Grid {
  /// The same grid whose labels mark the losses that cannot be told from cross-entropy.
  fileprivate func marking(_ differences: [DifferencesTable]) -> Grid {
    Grid(
      panels.map { panel in
        let own = differences.filter { $0.panel == panel.key }
        let indistinct = own.map { table in
          (table.setting, table.rows.filter { $0.isIndistinct == true }.map(\.loss))
        }
        return panel.marking(Dictionary(uniqueKeysWithValues: indistinct))
      }, showsBestRates: showsBestRates)
  }
}
