import Datasets
import Files
import Foundation

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
  /// The lower edge of the title and the captions.
  let head: Int
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
    head = 56 + captions.count * 22
    top = head + 34
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

  /// A line of text; `y` is its middle.
  struct Text {
    let text: String
    let x: Int
    let y: Int
    let size: Int
    var isCentered = false
    var isQuiet = false
  }

  /// Everything that is written beside the pictures, below the head.
  func texts(_ sheet: PictureSheet) -> [Text] {
    let columns = (["input", "truth"] + sheet.columnTitles).enumerated().map {
      Text(
        text: $1, x: x($0) + tile.width / 2, y: top - 10, size: $1.count > 16 ? 13 : 18,
        isCentered: true)
    }
    let rows = sheet.rows.enumerated().map { index, row in
      Text(
        text: "\(row.name), \(fixed(row.minorityShare, 1)) % of the pixels minority", x: 16,
        y: y(index) - 9, size: 13, isQuiet: true)
    }
    return columns + rows
      + legend.map { Text(text: $0.name, x: $0.x + 28, y: $0.y + 10, size: 16) }
  }

  /// Where pictures and the legend's colors are: upper left corner and size.
  func fields(_ sheet: PictureSheet) -> [(x: Int, y: Int, width: Int, height: Int)] {
    let columns = 0..<2 + sheet.losses.count
    let tiles = sheet.rows.indices.flatMap { row in
      [0, tile.height + Self.gap].flatMap { below in
        columns.map { (x: x($0), y: y(row) + below, width: tile.width, height: tile.height) }
      }
    }
    return tiles + legend.map { (x: $0.x, y: $0.y, width: 20, height: 20) }
  }

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
    for text in texts(sheet) {
      label(
        text.text, x: text.x, y: text.y,
        "\(text.isCentered ? "center" : "left") font 'sans-serif,\(text.size)'"
          + (text.isQuiet ? " tc rgb '#555555'" : ""))
    }
    return gnuplotScript(
      lines + ["set xrange [0:1]", "set yrange [0:1]", "plot NaN notitle", "unset output"])
  }
}
