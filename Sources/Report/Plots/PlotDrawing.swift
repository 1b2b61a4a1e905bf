/// A plot as data that two renderers draw: gnuplot for print, and SVG on the page.
protocol PlotDrawing {
  /// Of the printed picture, pixels.
  var size: (width: Int, height: Int) { get }
  /// Blocks of the data file, which the commands address by `index`.
  var blocks: [[String]] { get }
  /// gnuplot's, after the terminal and the output are set.
  func commands(data file: String) -> [String]
  /// The page's drawing.
  /// - Parameter name: for those who do not see it.
  func svg(name: String) -> HTML
}

/// A figure of a report: a plot with its names.
///
/// To add one, write a function that returns it and list it in `Figure.all`.
struct Figure: Artifact {
  let slug: String
  let title: String
  /// What is to be seen, for those who cannot see it, and how it was made.
  let caption: String
  let plot: any PlotDrawing

  var files: [ReportFile] {
    [
      ReportFile("figures/\(slug).dat", .text(gnuplotBlocks(plot.blocks))),
      ReportFile("figures/\(slug).gp", .text(script)),
      ReportFile("figures/\(slug).png", .plot(script: "\(slug).gp")),
    ]
  }

  var markdown: String? {
    """
    ## \(escapeMarkdown(title))

    \(escapeMarkdown(caption)) Drawn in [report.html](report.html) and as `figures/\(slug).png`.

    """
  }

  func section(_ pictures: PagePictures) -> PageSection? {
    PageSection(
      anchor: "figures", title: "Figures",
      parts: [
        PageSection.Part(
          anchor: "figures-\(slug)", title: title,
          body: "\(plot.svg(name: title))\n<p class=\"below\">\(caption)</p>")
      ])
  }

  private var script: String {
    let (width, height) = plot.size
    return
      ([
        "# \(title). Run in this folder: gnuplot \(slug).gp",
        "reset", "set encoding utf8",
        "set terminal pngcairo size \(width),\(height) noenhanced fontscale 0.75 font 'sans-serif,16' "
          + "background rgb 'white'",
        "set output '\(slug).png'",
        "set border 3 lc rgb '#555555'", "set tics nomirror out scale 0.6", "set format '%g'",
        "set grid lc rgb '#E4E4E4' lt 1", "unset key",
      ] + plot.commands(data: "\(slug).dat") + ["unset output"]).joined(separator: "\n") + "\n"
  }
}

/// A string that gnuplot takes as it is.
func gnuplotQuoted(_ text: String) -> String {
  "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
}

/// Blocks for `index`, separated by two blank lines.
private func gnuplotBlocks(_ blocks: [[String]]) -> String {
  blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n\n") + "\n"
}

/// Each value the mean of up to nine around it, of those there are.
func smoothed(_ values: [Double?]) -> [Double?] {
  values.indices.map { i in
    Statistic(Array(values[max(0, i - 4)...min(values.count - 1, i + 4)]))?.mean
  }
}

/// Distinct colors for classes or series, repeated after ten.
let seriesColors = [
  "0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9", "882255", "332288", "117733",
  "999933",
]
