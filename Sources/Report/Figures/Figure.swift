/// A picture that gnuplot draws from a script and a data file, `SLUG.gp` and `SLUG.dat`, as `SLUG.png`.
struct Figure {
  let slug: String
  let title: String
  /// What is to be seen, for those who cannot see it, and how it was made.
  var caption: String
  let data: String
  /// gnuplot's commands after the terminal and the output are set.
  let commands: [String]
  let width: Int
  let height: Int
  /// Whether the page has its own drawing of the same.
  var isDrawnByPage = false

  var script: String {
    ([
      "# \(title). Run in this folder: gnuplot \(slug).gp",
      "reset", "set encoding utf8",
      "set terminal pngcairo size \(width),\(height) noenhanced fontscale 0.75 font 'sans-serif,16' "
        + "background rgb 'white'",
      "set output '\(slug).png'",
      "set border 3 lc rgb '#555555'", "set tics nomirror out scale 0.6", "set format '%g'",
      "set grid lc rgb '#E4E4E4' lt 1", "unset key",
    ] + commands + ["unset output"]).joined(separator: "\n") + "\n"
  }

  /// All figures of a report other than the scatter.
  static func all(_ grid: Grid) -> [Figure] {
    let figures = grid.panels.flatMap { panel in
      [weights(panel), falsePositives(panel), curves(panel), confusions(panel)].compactMap(\.self)
    }
    guard grid.showsBestRates else { return figures + shares(grid) }
    return figures.map { figure in
      var figure = figure
      figure.caption += " " + bestRatesNote
      return figure
    } + shares(grid)
  }
}

extension PageFigure {
  init(_ figure: Figure) {
    self.init(
      file: "\(figure.slug).png", title: figure.title, alternative: figure.title,
      caption: figure.caption)
  }
}

/// A string that gnuplot takes as it is.
func gnuplotQuoted(_ text: String) -> String {
  "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
}

/// Blocks for `index`, parted by two blank lines.
func gnuplotBlocks(_ blocks: [[String]]) -> String {
  blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n\n") + "\n"
}

/// Each value the mean of up to nine around it, of those there are.
func smoothed(_ values: [Double?]) -> [Double?] {
  values.indices.map { i in
    Statistic(Array(values[max(0, i - 4)...min(values.count - 1, i + 4)]))?.mean
  }
}

/// Distinct colours for classes or series, repeated after ten.
let seriesColors = [
  "0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9", "882255", "332288", "117733",
  "999933",
]
