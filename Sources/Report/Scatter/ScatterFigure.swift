/// A scatter figure of a report: files for print, its part of `tables.md` and of the page.
struct ScatterFigure: Artifact {
  let script: ScatterScript
  /// Those of the layout, in its order.
  let charts: [ScatterChart]
  let title: String
  let alternative: String
  /// Lines below the figure in `tables.md`.
  let captions: [String]
  /// The page's section, without its charts.
  let head: PageSection
  /// Whether `tables.md` shows the figure; otherwise it says where the figure is.
  var isShownInMarkdown = true

  private var name: String { script.name }

  var files: [ReportFile] {
    [
      ReportFile("figures/\(name).dat", .text(script.data)),
      ReportFile("figures/\(name).gp", .text(script.script)),
    ]
      + ["png", "svg", "pdf"].map {
        ReportFile("figures/\(name).\($0)", .plot(script: "\(name).gp"))
      }
  }

  var markdown: String? {
    let place =
      isShownInMarkdown
      ? "![\(escapeMarkdown(alternative))](figures/\(name).png)"
      : "Drawn in [report.html](report.html) and as `figures/\(name).png`."
    var lines = ["## \(escapeMarkdown(title))", "", place, ""]
    for line in captions { lines += [escapeMarkdown(line), ""] }
    return lines.joined(separator: "\n")
  }

  func section(_ pictures: PagePictures) -> PageSection? {
    var section = head
    section.parts = charts.map { chart in
      PageSection.Part(
        anchor: "\(name)-\(chart.slug.replacing(", ", with: "-"))", title: chart.title,
        body: ScatterPlot(chart).figure)
    }
    section.isInColumns = true
    return section
  }

  /// Mean accuracy against mean IoU of every panel.
  static func all(_ grid: Grid, profile: String, highlighted: Set<String>) -> ScatterFigure {
    let title = "Mean accuracy against mean IoU"
    let captions = scatterLegend(grid)
    var charts = ScatterChart.all(grid)
    for index in charts.indices { charts[index].highlighted = highlighted }
    return ScatterFigure(
      script: ScatterScript(
        layout: .ofSweep(grid, profile: profile, highlighted: highlighted), name: "scatter"),
      charts: charts, title: title,
      alternative: "\(title), every loss", captions: captions,
      head: PageSection(
        anchor: "scatter", title: title,
        body: """
          <p>\(legend(grid))</p>
          \(folded("What the marks are", paragraphs(captions)))
          """))
  }

  private static func legend(_ grid: Grid) -> String {
    let rows = grid.panels.flatMap(\.rows).filter { !$0.runs.isEmpty }
    var legend = [
      rows.contains { $0.runs.count > 1 }
        ? "Each large mark is a loss, averaged over its seeds; bars reach one sample standard "
          + "deviation to either side, small marks are single seeds."
        : "Each mark is a loss with a single seed."
    ]
    if rows.contains(where: { $0.loss.base == "focal" }) {
      legend.append("Dashed lines: the level of Focal.")
    }
    legend += [
      "Thin line: the losses that no other surpasses in both (Pareto front).",
      ScatterChart.axesStatement(grid) ?? "",
      "Point at a mark, or move to it with the Tab key, to read its numbers.",
    ]
    return legend.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// What the paper and its authors' logs have as points, and beside each ours of the same losses.
  /// - Returns: nil where no panel has any.
  static func published(_ grid: Grid, profile: String) -> ScatterFigure? {
    let pairs = PublishedPair.all(grid)
    guard !pairs.isEmpty else { return nil }
    let title = "The paper's figures beside ours"
    let caption =
      "Left: the paper's numbers; right: ours for the same losses. The paper's are the averages of "
      + "its tables over the minority classes, the points of its Fig. 1, and its authors' logs "
      + "of ResNet-101. No numbers are available for its Fig. 2 (Cityscapes)."
    return ScatterFigure(
      script: ScatterScript(
        layout: .published(pairs, grid, profile: profile), name: "published"),
      charts: pairs.flatMap { [$0.theirs, $0.ours] }, title: title,
      alternative: "Accuracy against IoU, the paper's numbers and ours",
      captions: [caption],
      head: PageSection(
        anchor: "published", title: title,
        body: "\(paragraphs([caption] + pairs.map(\.caption)))"), isShownInMarkdown: false)
  }
}
