import Datasets

extension FigureGroup {
  /// Bars of the classes' shares of the evaluated pixels, one figure for each data set.
  static func shares(_ grid: Grid) -> FigureGroup? {
    FigureGroup(
      anchor: "shares", title: "Class shares of the evaluated pixels",
      caption:
        "Percent of the labeled pixels of the evaluated images, on a logarithmic scale; minority "
        + "classes are orange and have a star; a class without pixels has no bar.",
      figures: grid.datasets.compactMap { shares(grid, $0) }, isInColumns: true)
  }

  private static func shares(_ grid: Grid, _ dataset: DatasetName) -> Figure? {
    guard let panel = grid.panels.first(where: { $0.dataset == dataset }),
      let run = panel.rows.flatMap(\.runs).first
    else { return nil }
    let names = panel.classes.names
    let pixels = names.indices.map { run.confusion.truePixels(of: $0) }
    let all = Double(pixels.reduce(0, +))
    guard all > 0 else { return nil }
    let order = names.indices.sorted { (pixels[$1], $0) < (pixels[$0], $1) }
    let rendered = run.configuration.data.source == .rendered ? " (rendered stand-in)" : ""
    let title = "\(dataset.title)\(rendered)"
    return Figure(
      slug: "\(dataset.rawValue)-shares", title: title,
      detail: "\(run.evaluatedImages) images.",
      plot: BarPlot(
        title: "Class shares of the evaluated pixels, \(title)", yTitle: "percent of pixels",
        bars: order.map { c in
          let isMinority = panel.classes.minority.contains(c)
          return BarPlot.Bar(
            name: names[c] + (isMinority ? " *" : ""), value: 100 * Double(pixels[c]) / all,
            color: isMinority ? "D55E00" : "7A8CA3")
        }))
  }
}
