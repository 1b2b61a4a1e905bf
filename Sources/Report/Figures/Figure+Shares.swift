import Datasets

extension Figure {
  /// Bars of the classes' shares of the evaluated pixels, one figure for each data set.
  static func shares(_ grid: Grid) -> [Figure] {
    grid.datasets.compactMap { dataset in
      guard let panel = grid.panels.first(where: { $0.dataset == dataset }),
        let run = panel.rows.flatMap(\.runs).first
      else { return nil }
      let names = panel.classes.names
      let pixels = names.indices.map { run.confusion.truePixels(of: $0) }
      let all = Double(pixels.reduce(0, +))
      guard all > 0 else { return nil }
      let order = names.indices.sorted { (pixels[$1], $0) < (pixels[$0], $1) }
      let rendered = run.configuration.data.source == .rendered ? " (rendered stand-in)" : ""
      let title = "Class shares of the evaluated pixels, \(dataset.title)\(rendered)"
      return Figure(
        slug: "\(dataset.rawValue)-shares", title: title,
        caption: "\(title): percent of the labeled pixels of \(run.evaluatedImages) images, on a "
          + "logarithmic scale; minority classes in orange, classes without a pixel without a bar.",
        plot: BarPlot(
          title: title, yTitle: "percent of pixels",
          bars: order.map { c in
            BarPlot.Bar(
              name: names[c], value: 100 * Double(pixels[c]) / all,
              color: panel.classes.minority.contains(c) ? "D55E00" : "7A8CA3")
          }))
    }
  }
}
