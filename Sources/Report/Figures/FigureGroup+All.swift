extension FigureGroup {
  /// Every figure of a report but the scatters and those of differences.
  static func all(_ grid: Grid) -> [any Artifact] {
    let note = grid.showsBestRates ? bestRatesNote : ""
    let scores = minority(grid, note: note).map { [$0 as any Artifact] } ?? []
    let groups = [
      weights(grid), falsePositives(grid), confusions(grid), shares(grid), profiles(grid),
    ].compactMap { $0?.noting(note) }
    let curves = LearningCurves(grid, note: note).map { [$0 as any Artifact] } ?? []
    return scores + curves + groups
  }
}
