import Files

/// A plot with its names, one of a `FigureGroup`.
struct Figure {
  /// Of its files.
  let slug: String
  /// What it shows of its group's subject, such as a panel.
  let title: String
  /// What holds for this figure alone; may be empty.
  var detail = ""
  let plot: any PlotDrawing
  /// What the page has in place of the plot alone; nil: the plot.
  var body: HTML?

  var files: [ReportFile] {
    [
      ReportFile("figures/\(slug).dat", .text(gnuplotBlocks(plot.blocks))),
      ReportFile("figures/\(slug).gp", .text(script)),
    ]
      + ["png", "svg", "pdf"].map {
        ReportFile("figures/\(slug).\($0)", .plot(script: "\(slug).gp"))
      }
  }

  /// The page's part.
  /// - Parameter name: of the plot, for those who do not see it.
  func part(anchor: String, name: String) -> PageSection.Part {
    let below: HTML = detail.isEmpty ? .empty : "\n<p class=\"below\">\(detail)</p>"
    return PageSection.Part(
      anchor: anchor, title: title, body: "\(body ?? plot.svg(name: name))\(below)")
  }

  private var script: String {
    let (width, height) = plot.size
    let lines =
      ["# Run in this folder: gnuplot \(slug).gp", "set encoding utf8"]
      + gnuplotTerminals(width: width, height: height, fontSize: 16, output: slug)
      + [
        "set border 3 lc rgb '#555555'", "set tics nomirror out scale 0.6", "set format '%g'",
        "set grid lc rgb '#E4E4E4' lt 1", "unset key",
      ] + plot.commands(data: "\(slug).dat") + ["unset output", "}"]
    return gnuplotScript(lines)
  }
}

/// Figures of one kind: what is to be seen in them is said once.
///
/// To add a kind, write a function that returns its group and list it in `Figure.all`.
struct FigureGroup: Artifact {
  /// Of the page's section.
  let anchor: String
  let title: String
  /// What is to be seen, for those who cannot see it, and how it was made.
  let caption: String
  let figures: [Figure]
  /// Whether the page shows figures beside each other where there is room.
  var isInColumns = false

  /// nil where there is no figure.
  init?(
    anchor: String, title: String, caption: String, figures: [Figure], isInColumns: Bool = false
  ) {
    guard !figures.isEmpty else { return nil }
    (self.anchor, self.title, self.caption) = (anchor, title, caption)
    (self.figures, self.isInColumns) = (figures, isInColumns)
  }

  var files: [ReportFile] { figures.flatMap(\.files) }

  var markdown: String? {
    let places = figures.map { figure -> String in
      let detail = figure.detail.isEmpty ? "" : " \(escapeMarkdown(figure.detail))"
      return "- \(escapeMarkdown(figure.title)): `figures/\(figure.slug).png`\(detail)"
    }
    return """
      ## \(escapeMarkdown(title))

      \(escapeMarkdown(caption)) Drawn in [report.html](report.html#\(anchor)) and as

      \(places.joined(separator: "\n"))

      """
  }

  func section(_ pictures: PagePictures) -> PageSection? {
    var section = PageSection(
      anchor: anchor, title: title, body: paragraphs([caption]),
      parts: figures.map {
        $0.part(anchor: "\(anchor)-\($0.slug)", name: "\(title), \($0.title)")
      })
    section.isInColumns = isInColumns
    return section
  }

  /// The same with a further sentence in the caption.
  func noting(_ note: String) -> FigureGroup? {
    FigureGroup(
      anchor: anchor, title: title, caption: note.isEmpty ? caption : "\(caption) \(note)",
      figures: figures, isInColumns: isInColumns)
  }
}
