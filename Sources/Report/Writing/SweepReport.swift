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
    findings = Findings(comparisons, claims: claims, highlighted: input.highlighted)
    (self.grid, self.profile) = (grid, profile)
    let compared = comparisons.compactMap { ComparedLosses($0, of: nil, from: "ce") }
    var list: [any Artifact] = []
    // The verdicts, then the differences that they rest on.
    if let regime = Table.regime(grid) { list.append(regime) }
    if let claims { list.append(claims) }
    if let forest = forestPlot(compared) { list.append(forest) }
    list += differences
    list += comparisons.map(PairsTable.init)
    list.append(ScatterFigure.all(drawn, profile: profile, highlighted: input.highlighted))
    list += comparisons.compactMap(CorrectionTable.init)
    if let sheets = SheetFigures(pictures, grid) { list.append(sheets) }
    if let classes = ClassDifferencesFigure(compared) { list.append(classes) }
    list += FigureGroup.all(drawn)
    if let aggregates = AggregatesTable(drawn) { list.append(aggregates) }
    list += further
    list += grid.panels.flatMap { panel in
      Table.all(panel, comparisons.filter { $0.panel.key == panel.key })
        + Table.tuning(panel, input)
    }
    if let published = ScatterFigure.published(drawn, profile: profile) { list.append(published) }
    if let orders = Orders(comparisons) { list.append(orders) }
    if let differences = PublishedDifferences(comparisons) { list.append(differences) }
    list.append(RunScores(runs: input.runs, classes: input.classes))
    list += [Summary(grid: grid, input: input), PageSection.configuration(grid)]
    artifacts = list
  }

  var files: [ReportFile] { artifacts.flatMap(\.files).withCaptions }

  /// - Throws: `UserError` naming a picture that exists and cannot be read.
  func page(_ pictures: PagePictures) throws -> ReportPage {
    let sections =
      [findings?.section].compactMap(\.self)
      + PageSection.joined(try artifacts.compactMap { try $0.section(pictures) })
      .map { $0.assigned(to: grid.panels) }
    let runs = PageSection.runs(
      grid, RunLinks(pictures, anchors: Set(sections.flatMap(\.anchors))))
    return ReportPage(
      title: "RecallBench results: \(profile)", banner: pageBanner(grid),
      sections: sections + [runs], panels: grid.panels.map { (id: $0.id, title: $0.title) },
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
