import Datasets
import Files

extension Figure {
  /// Bars of the classes' shares of the evaluated pixels, one figure for each data set.
  static func shares(_ grid: Grid) -> [Figure] {
    DatasetName.allCases.compactMap { dataset in
      guard let panel = grid.panels.first(where: { $0.panel.dataset == dataset }),
        let run = panel.rows.flatMap(\.runs).first
      else { return nil }
      let names = panel.classes.names
      let pixels = names.indices.map { run.confusion.truePixels(of: $0) }
      let all = Double(pixels.reduce(0, +))
      guard all > 0 else { return nil }
      let order = names.indices.sorted { (pixels[$1], $0) < (pixels[$0], $1) }
      let slug = "\(dataset.rawValue)-shares"
      let rendered = run.configuration.data.source == .rendered ? " (rendered stand-in)" : ""
      let title = "Class shares of the evaluated pixels, \(dataset.title)\(rendered)"
      let tics = order.enumerated().map { "\(gnuplotQuoted(names[$1])) \($0)" }
        .joined(separator: ", ")
      return Figure(
        slug: slug, title: title,
        caption: "\(title): percent of the labelled pixels of \(run.evaluatedImages) images, on a "
          + "logarithmic scale; minority classes in orange, classes without a pixel without a bar.",
        data: gnuplotBlocks([
          order.enumerated().filter { pixels[$1] > 0 }.map { place, c in
            let color = panel.classes.minority.contains(c) ? "0xD55E00" : "0x7A8CA3"
            return "\(place) \(fixed(100 * Double(pixels[c]) / all, 6)) \(color)"
          }
        ]),
        commands: [
          "set title \(gnuplotQuoted(title)) font 'sans-serif,20'", "set logscale y",
          "set ylabel 'percent of pixels'", "set boxwidth 0.7", "set style fill solid",
          "set xrange [-0.6:\(names.count).0-0.4]",
          "set yrange [\(floor(pixels.filter { $0 > 0 }.min() ?? 1, of: all)):100]",
          "set xtics rotate by 40 right (\(tics))",
          "plot '\(slug).dat' using 1:2:3 with boxes lc rgb variable",
        ], width: 1100, height: 560)
    }
  }

  /// The power of ten below the smallest share, in percent.
  private static func floor(_ pixels: Int, of all: Double) -> String {
    var bound = 100.0
    while bound > 100 * Double(pixels) / all { bound /= 10 }
    return "\(bound)"
  }
}
