import Foundation

extension PictureSheet {
  func figure(_ grid: Grid) -> PageFigure {
    let title = title(grid)
    return PageFigure(
      file: "\(slug).png", title: "Pictures, \(title)",
      alternative:
        "Predictions of \(losses.joined(separator: ", ")) on \(rows.count) images, \(title)",
      caption: caption(grid))
  }

  func write(_ grid: Grid, in folder: URL) throws {
    try write(
      to: folder.appending(path: "\(slug).png"), title: title(grid), caption: caption(grid))
  }

  private func title(_ grid: Grid) -> String { panel(grid)?.title ?? setting.panel.slug }

  private func panel(_ grid: Grid) -> GridPanel? {
    grid.panels.first { $0.panel == setting.panel }
  }

  private func caption(_ grid: Grid) -> String {
    let panel = panel(grid)
    let letter = panel?.letter(setting) ?? ""
    let made = setting.caption(
      seeds: [seed], evaluatedImages: [evaluatedImages], naming: [setting.panel.network.backbone],
      weights: setting.initialWeights(
        panel?.rows.filter { $0.setting == setting }.flatMap(\.runs) ?? []))
    return "Predictions in the data set's official colours (the paper's Fig. 3)"
      + (letter.isEmpty ? "" : ", setting \(letter)")
      + ". Images by rule: \(Self.rule). Below each row "
      + "a third of its width and height, enlarged three times: where the minority pixels "
      + (showsTruth ? "of the truth" : "of the last column")
      + " weigh most, each divided by its class's training pixels."
      + (showsTruth
        ? ""
        : " Input and truth are real data, which is not stored with the runs: make figures with its folder "
          + "given writes \(slug)-real.png.")
      + " \(made.capitalizedFirst)."
  }
}
