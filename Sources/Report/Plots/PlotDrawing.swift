import Files

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

/// gnuplot's commands up to the output: a loop, to be closed by a brace, that draws a PNG, an SVG and,
/// where gnuplot can, a PDF.
///
/// pngcairo takes font sizes for points of 96 to the inch, svg for pixels: a scale of 0.75 makes them
/// equal, in a PDF on a page of as many points as pixels.
func gnuplotTerminals(width: Int, height: Int, fontSize: Int, output name: String) -> [String] {
  let (font, white) = ("font 'sans-serif,\(fontSize)'", "background rgb 'white'")
  let page = "size \(fixed(Double(width) / 72, 3))in,\(fixed(Double(height) / 72, 3))in"
  return [
    "formats = strstrt(GPVAL_TERMINALS, 'pdfcairo') ? 'png svg pdf' : 'png svg'",
    "do for [format in formats] {", "reset", "if (format eq 'png') {",
    "set terminal pngcairo size \(width),\(height) noenhanced fontscale 0.75 \(font) \(white)",
    "}", "if (format eq 'pdf') {",
    "set terminal pdfcairo linewidth 2.5 pointscale 1.2 \(page) noenhanced fontscale 0.75 \(font) \(white)",
    "}", "if (format eq 'svg') {",
    "set terminal svg size \(width),\(height) noenhanced \(font) \(white)",
    "}", "set output \(gnuplotQuoted(name + ".")).format",
  ]
}

/// Each value the mean of up to nine around it, of those there are.
func smoothed(_ values: [Double?]) -> [Double?] {
  values.indices.map { i in
    Statistic(Array(values[max(0, i - 4)...min(values.count - 1, i + 4)]))?.mean
  }
}

/// Distinct styles for classes or series, repeated after ten.
let seriesStyles: [MarkerStyle] = [
  (5, "0072B2"), (13, "D55E00"), (9, "009E73"), (7, "CC79A7"), (15, "E69F00"), (4, "56B4E9"),
  (12, "882255"), (8, "332288"), (10, "117733"), (11, "999933"),
].map { MarkerStyle(shape: $0.0, color: $0.1, textColor: $0.1) }
