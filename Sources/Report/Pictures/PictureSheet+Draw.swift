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
        guard let tile else { continue }
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
  ) -> [(whole: ColorImage, part: ColorImage)?] {
    let (h, w) = (layout.tile.height, layout.tile.width)
    let top = min(2 * h, row.corner.y * 3 * h / layout.source.height)
    let left = min(2 * w, row.corner.x * 3 * w / layout.source.width)
    let (ys, xs) = (top..<top + h, left..<left + w)
    func colored(_ labels: LabelImage) -> (ColorImage, ColorImage) {
      let whole = labels.resized(height: h, width: w)
      let part = labels.resized(height: 3 * h, width: 3 * w, rows: ys, columns: xs)
      return (whole.colored(colors), part.colored(colors))
    }
    let input = row.input.map {
      (
        $0.resized(height: h, width: w),
        $0.resized(height: 3 * h, width: 3 * w, rows: ys, columns: xs)
      )
    }
    return [input, row.truth.map(colored)] + row.predictions.map(colored)
  }
}

extension LabelImage {
  fileprivate func colored(_ colors: [[UInt8]]) -> ColorImage {
    ColorImage(height: height, width: width, bytes: ids.flatMap { colors[Int($0)] })
  }
}

/// Where the parts of a sheet stand, pixels from the upper left corner.
struct PictureLayout {
  struct Entry {
    let x: Int
    let y: Int
    let name: String
    let color: [UInt8]
  }

  static let gap = 6
  /// The size of the images as scored, and as shown.
  let source: (height: Int, width: Int)
  let tile: (height: Int, width: Int)
  let width: Int
  let height: Int
  let captions: [String]
  private(set) var legend: [Entry] = []
  private let top: Int
  private let rowHeight: Int

  init(_ sheet: PictureSheet, _ table: LabelTable, caption: String) {
    let sample = sheet.rows[0].predictions[0]
    source = (sample.height, sample.width)
    let shown =
      sample.width <= 256 ? sample.width * max(1, 256 / sample.width) : min(sample.width, 320)
    tile = (max(1, sample.height * shown / sample.width), shown)
    let columns = 2 + sheet.losses.count
    width = max(900, 2 * 16 + columns * shown + (columns - 1) * Self.gap)
    captions = ScatterLayout.wrapped(caption, width: Double(width))
    top = 56 + captions.count * 22 + 34
    rowHeight = 2 * tile.height + Self.gap + 34
    let bottom = top + sheet.rows.count * rowHeight + 14
    var (x, y) = (16, bottom)
    for label in table.fileIds.map({ table.labels[$0] }) + [nil] {
      let name = label?.name ?? "not labeled"
      let length = 20 + 8 + name.count * 10 + 22
      if x + length > width { (x, y) = (16, y + 30) }
      legend.append(Entry(x: x, y: y, name: name, color: label?.color ?? [0, 0, 0]))
      x += length
    }
    height = y + 40
  }

  func x(_ column: Int) -> Int { 16 + column * (tile.width + Self.gap) }

  /// The top of a row's pictures.
  func y(_ row: Int) -> Int { top + row * rowHeight + 24 }

  /// Everything but the pictures, as gnuplot writes it.
  func text(title: String, _ sheet: PictureSheet) throws -> ColorImage {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "recallbench-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try Data(script(title: title, sheet).utf8).write(to: folder.appending(path: "text.gp"))
      try Gnuplot.run(["text.gp"], in: folder)
      let image = try PNG.readColor(folder.appending(path: "text.png"))
      return image
    } catch let error as CocoaError {
      throw UserError("\(folder.path): cannot be written: \(error.localizedDescription)")
    }
  }

  private func script(title: String, _ sheet: PictureSheet) -> String {
    var lines = [
      "set encoding utf8",
      "set terminal pngcairo size \(width),\(height) noenhanced fontscale 0.75 font 'sans-serif,16' "
        + "background rgb 'white'", "set output 'text.png'", "unset border", "unset tics",
      "unset key", "set lmargin 0", "set rmargin 0", "set tmargin 0", "set bmargin 0",
    ]
    func label(_ text: String, x: Int, y: Int, _ style: String = "") {
      let place =
        "\(fixed(Double(x) / Double(width), 5)),\(fixed(1 - Double(y) / Double(height), 5))"
      lines.append("set label \(gnuplotQuoted(text)) at screen \(place) \(style)")
    }
    label(title, x: width / 2, y: 26, "center font 'sans-serif,22'")
    for (index, caption) in captions.enumerated() {
      label(caption, x: 16, y: 60 + index * 22, "left tc rgb '#333333'")
    }
    for (column, name) in (["input", "truth"] + sheet.losses).enumerated() {
      label(name, x: x(column) + tile.width / 2, y: top - 10, "center font 'sans-serif,18'")
    }
    for (index, row) in sheet.rows.enumerated() {
      let share = row.minorityShare.map { ", \(fixed($0, 1)) % of the pixels minority" } ?? ""
      label(row.name + share, x: 16, y: y(index) - 9, "left font 'sans-serif,13' tc rgb '#555555'")
      for (column, isThere) in [row.input != nil, row.truth != nil].enumerated() where !isThere {
        let middle = x(column) + tile.width / 2
        label(
          "not stored here:", x: middle, y: y(index) + tile.height - 10, "center tc rgb '#777777'")
        label("real data", x: middle, y: y(index) + tile.height + 14, "center tc rgb '#777777'")
      }
    }
    for entry in legend { label(entry.name, x: entry.x + 28, y: entry.y + 10, "left") }
    return (lines + ["set xrange [0:1]", "set yrange [0:1]", "plot NaN notitle", "unset output"])
      .joined(separator: "\n") + "\n"
  }
}
