import Files

/// The sheets of pictures in a report: what is to be seen in them is said once.
struct SheetFigures: Artifact {
  private typealias Titled = (sheet: PictureSheet, title: String, detail: String)

  private let sheets: [Titled]
  /// Panels of photographs that have no sheet.
  private let missing: [String]

  /// nil where there is neither a sheet nor anything to say of one that is missing.
  init?(_ sheets: [PictureSheet], _ grid: Grid) {
    self.sheets = sheets.map { sheet -> Titled in
      let panel = grid.panels.first { $0.key == sheet.setting.panelKey }
      let letter = panel?.letter(sheet.setting) ?? ""
      return (
        sheet, panel?.title ?? sheet.setting.panelKey.slug,
        (letter.isEmpty ? "" : "Setting \(letter), ") + "seed \(sheet.seed)"
      )
    }
    let shown = sheets.map(\.setting.panelKey)
    missing = grid.panels.filter { panel in
      !shown.contains(panel.key) && panel.settings.allSatisfy { $0.shared.data.source != .rendered }
    }.map(\.title)
    if sheets.isEmpty && missing.isEmpty { return nil }
  }

  var files: [ReportFile] {
    sheets.map { sheet, title, detail in
      ReportFile(
        sheet.path,
        .drawing { [sheet] in
          try sheet.write(to: $0, title: title, caption: sheet.shortCaption(detail))
        })
    }
  }

  /// Images that are not ours are linked, not shown: who reads this page elsewhere does not have them.
  var markdown: String? {
    guard !sheets.isEmpty else { return nil }
    var lines = ["## Pictures", "", escapeMarkdown(caption), ""]
    for (sheet, title, detail) in sheets {
      let alternative = escapeMarkdown(sheet.alternative(title))
      lines += ["\(escapeMarkdown(title)). \(detail.capitalizedFirst).", ""]
      lines += [
        sheet.showsRealData
          ? "[\(alternative)](\(sheet.path)): images that are not stored with the runs."
          : "![\(alternative)](\(sheet.path))", "",
      ]
    }
    return lines.joined(separator: "\n")
  }

  func section(_ pictures: PagePictures) throws -> PageSection? {
    let absent = missing.map {
      "No pictures of \($0): they need predictions that its runs kept and, since images are not "
        + "stored with runs, the folder of the data set (recallbench report --help: Data)."
    }
    return PageSection(
      anchor: "pictures", title: "Pictures",
      body: paragraphs((sheets.isEmpty ? [] : [caption]) + absent),
      parts: try sheets.compactMap { try $0.sheet.part($0.title, $0.detail, pictures) })
  }

  private var caption: String {
    "Input, truth, and predictions in the data set's official colors (the paper's Fig. 3). A rule "
      + "chooses the images: \(PictureSheet.rule). Below each row is a third of its width and "
      + "height, enlarged three times: the part whose minority pixels weigh most, each divided by "
      + "its class's training pixels."
  }
}

extension PictureSheet {
  var path: String { "figures/\(slug).png" }

  fileprivate func alternative(_ title: String) -> String {
    "Predictions of \(losses.joined(separator: ", ")) on \(rows.count) images, \(title)"
  }

  /// In the picture itself, which may be passed on alone.
  fileprivate func shortCaption(_ detail: String) -> String {
    let source =
      showsRealData
      ? "\(setting.shared.data.kind == .own ? "Images" : "Photographs") of \(setting.shared.data.name.citation)."
      : "Rendered stand-in for \(setting.shared.data.name.title), not the real data."
    return
      "\(source) \(detail.capitalizedFirst), \(evaluatedImages) evaluated images. Below each row "
      + "is a third of its width and height, enlarged."
  }

  /// The picture as the page shows it: its own text and ground are covered by those of the page, which
  /// follow light and dark.
  fileprivate func part(_ title: String, _ detail: String, _ pictures: PagePictures) throws
    -> PageSection.Part?
  {
    guard let address = try pictures.address(path) else { return nil }
    let table = try setting.shared.data.descriptor.labels
    let layout = PictureLayout(self, table, caption: shortCaption(detail))
    let link: HTML =
      pictures.source == .linked ? " <a href=\"\(address)\">The picture alone.</a>" : .empty
    return PageSection.Part(
      anchor: "pictures-" + String(slug.map { $0.isLetter || $0.isNumber ? $0 : "-" }),
      title: title,
      body: """
        <div class="wide sheets" tabindex="0" role="group" aria-label="\(title)">
        <div class="plot" role="img" aria-label="\(alternative(title))">
        \(drawing(layout, address))
        </div>
        </div>
        <p class="below">\(detail.capitalizedFirst).\(link)</p>
        """)
  }

  private func drawing(_ layout: PictureLayout, _ address: String) -> HTML {
    let holes = layout.fields(self).map { field -> HTML in
      "M\(field.x) \(field.y)H\(field.x + field.width)V\(field.y + field.height)H\(field.x)Z"
    }
    let texts = layout.texts(self).map { text -> HTML in
      let anchor: HTML = text.isCentered ? " text-anchor=\"middle\"" : .empty
      let kind: HTML = text.isQuiet ? " class=\"quiet\"" : .empty
      return
        "<text\(kind)\(anchor) x=\"\(text.x)\" y=\"\(Double(text.y) + 0.35 * Double(text.size))\" font-size=\"\(text.size)\">\(text.text)</text>"
    }
    let (width, height) = (layout.width, layout.height)
    return """
      <svg class="sheet" style="min-width:\(0.47 * Double(width))px" viewBox="0 \(layout.head) \(width) \(height - layout.head)">
      <image href="\(address)" width="\(width)" height="\(height)"/>
      <path class="ground" fill-rule="evenodd" d="M0 0H\(width)V\(height)H0Z\(holes.joined())"/>
      \(texts.joined("\n"))
      </svg>
      """
  }
}
