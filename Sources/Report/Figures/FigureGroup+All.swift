extension FigureGroup {
  /// Every figure of a report but the scatters and those of differences.
  static func all(_ grid: Grid) -> [any Artifact] {
    let note = grid.showsBestRates ? bestRatesNote : ""
    let groups = [
      weights(grid), falsePositives(grid), confusions(grid), shares(grid), profiles(grid),
    ].compactMap { $0?.noting(note) }
    var list: [any Artifact] = groups
    if let curves = LearningCurves(grid, note: note) { list.append(curves) }
    return list
  }
}
