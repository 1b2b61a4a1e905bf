/// A sheet of pictures in a report. One that shows real data is a file beside the others, and nothing
/// shows or links to it.
struct SheetFigure: Artifact {
  private let sheet: PictureSheet
  private let title: String
  private let caption: String

  init(_ sheet: PictureSheet, _ grid: Grid) {
    let panel = grid.panels.first { $0.key == sheet.setting.panelKey }
    self.sheet = sheet
    title = panel?.title ?? sheet.setting.panelKey.slug
    caption = sheet.caption(panel)
  }

  var files: [ReportFile] {
    [
      ReportFile(
        path,
        .drawing { [sheet, title, caption] in
          try sheet.write(to: $0, title: title, caption: caption)
        })
    ]
  }

  var markdown: String? { sheet.showsRealData ? nil : figure.markdown }

  func section(_ pictures: PagePictures) throws -> PageSection? {
    guard !sheet.showsRealData, let part = try figure.part(pictures, anchor: "pictures") else {
      return nil
    }
    return PageSection(anchor: "pictures", title: "Pictures", parts: [part])
  }

  private var path: String { "figures/\(sheet.slug).png" }

  private var figure: PageFigure {
    PageFigure(
      path: path, title: "Pictures, \(title)",
      alternative:
        "Predictions of \(sheet.losses.joined(separator: ", ")) on \(sheet.rows.count) images, "
        + title,
      caption: caption)
  }
}

extension PictureSheet {
  fileprivate func caption(_ panel: Panel?) -> String {
    let letter = panel?.letter(setting) ?? ""
    let made = setting.caption(
      seeds: [seed], evaluatedImages: [evaluatedImages],
      naming: [setting.panelKey.network.backbone],
      weights: setting.initialWeights(
        panel?.rows.filter { $0.setting == setting }.flatMap(\.runs) ?? []))
    return "Predictions in the data set's official colors (the paper's Fig. 3)"
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
