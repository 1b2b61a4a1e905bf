extension Figure {
  /// Every figure of a report but the scatters.
  static func all(_ grid: Grid) -> [any Artifact] {
    let note = grid.showsBestRates ? " " + bestRatesNote : ""
    let ofPanels = grid.panels.flatMap { panel -> [any Artifact] in
      [weights(panel), falsePositives(panel), confusions(panel)].compactMap { figure in
        figure.map { $0.noting(note) }
      }
    }
    return ofPanels + shares(grid)
      + grid.panels.compactMap { LearningCurves($0, note: note) }
      + [profiles(grid)].compactMap { $0?.noting(note) }
  }

  private func noting(_ note: String) -> Figure {
    Figure(slug: slug, title: title, caption: caption + note, plot: plot)
  }
}
