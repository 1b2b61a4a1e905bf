import Datasets
import Files
import Foundation

extension PictureSheet {
  /// Writes the sheet as a PNG: pictures are put together here, text comes from gnuplot.
  /// - Throws: `UserError` if gnuplot is missing or fails; `UserError` if the file cannot be written.
  func write(to file: URL, title: String, caption: String) throws {
    let table = try setting.shared.data.descriptor.labels
    let layout = PictureLayout(self, table, caption: caption)
    var canvas = Canvas(try layout.text(title: title, self))
    let colors = Self.colors(table)
    for (index, row) in rows.enumerated() {
      for (column, tile) in tiles(row, layout, colors).enumerated() {
        let x = layout.x(column)
        canvas.draw(tile.whole, x: x, y: layout.y(index))
        canvas.draw(tile.part, x: x, y: layout.y(index) + layout.tile.height + PictureLayout.gap)
        canvas.frame(
          x: x + row.corner.x * layout.tile.width / layout.source.width,
          y: layout.y(index) + row.corner.y * layout.tile.height / layout.source.height,
          width: layout.tile.width / 3, height: layout.tile.height / 3, [255, 255, 255])
      }
    }
    for entry in layout.legend {
      canvas.fill(x: entry.x, y: entry.y, width: 20, height: 20, [120, 120, 120])
      canvas.fill(x: entry.x + 1, y: entry.y + 1, width: 18, height: 18, entry.color)
    }
    try PNG.write(canvas.image, to: file)
  }

  /// By training id; black where nothing is labeled.
  static func colors(_ table: LabelTable) -> [[UInt8]] {
    var colors = [[UInt8]](repeating: [0, 0, 0], count: 256)
    for (id, label) in table.fileIds.enumerated() { colors[id] = table.labels[label].color }
    return colors
  }

  private func tiles(
    _ row: Row, _ layout: PictureLayout, _ colors: [[UInt8]]
  ) -> [(whole: ColorImage, part: ColorImage)] {
    let (h, w) = (layout.tile.height, layout.tile.width)
    let top = min(2 * h, row.corner.y * 3 * h / layout.source.height)
    let left = min(2 * w, row.corner.x * 3 * w / layout.source.width)
    let (ys, xs) = (top..<top + h, left..<left + w)
    func colored(_ labels: LabelImage) -> (ColorImage, ColorImage) {
      let whole = labels.resized(height: h, width: w)
      let part = labels.resized(height: 3 * h, width: 3 * w, rows: ys, columns: xs)
      return (whole.colored(colors), part.colored(colors))
    }
    let input = (
      row.input.resized(height: h, width: w),
      row.input.resized(height: 3 * h, width: 3 * w, rows: ys, columns: xs)
    )
    return [input, colored(row.truth)] + row.predictions.map(colored)
  }
}

extension LabelImage {
  fileprivate func colored(_ colors: [[UInt8]]) -> ColorImage {
    ColorImage(height: height, width: width, bytes: ids.flatMap { colors[Int($0)] })
  }
}
