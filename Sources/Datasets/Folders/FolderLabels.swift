import Files
import Foundation
import Tensors

/// Reads and writes the label files of a user-described data set.
struct FolderLabels: Hashable, Sendable {
  let rules: FolderRules
  /// The training id or `LabelMap.ignored` for the key of each label value.
  private let trainingIds: [Int: UInt8]

  init(_ rules: FolderRules) {
    self.rules = rules
    var ids: [Int: UInt8] = [:]
    for value in rules.ignored { ids[value.key] = LabelMap.ignored }
    for (training, value) in rules.values.enumerated() { ids[value.key] = UInt8(training) }
    trainingIds = ids
  }

  /// Reads a label file.
  /// - Parameter palettes: those of the files read before.
  /// - Throws: `UserError` naming the file if it cannot be read, is of another type, or contains a
  ///   value that is neither a class nor ignored.
  func read(_ url: URL, comparing palettes: PaletteMemory? = nil) throws -> LabelImage {
    let (labels, unknown, palette) = try decode(url)
    if rules.labels != .rgb {
      let takesGrays = rules.labels == .gray
      if takesGrays { try palette?.checkGrays(of: url, isId: isId) }
      try palettes?.add(palette, of: url, takesGrays: takesGrays, isId: isId)
    }
    if let (value, pixels) = unknown.first {
      throw Self.problem(value, pixels: pixels, files: nil, in: url)
    }
    return labels
  }

  /// The values of a label file that are neither a class nor ignored, with their pixel counts, in
  /// ascending order.
  func unknownValues(_ url: URL) throws -> [(value: LabelValue, pixels: Int)] {
    try decode(url).unknown
  }

  /// - Parameter files: the number of files that contain the value, of which `url` is the first;
  ///   nil if not counted.
  static func problem(
    _ value: LabelValue, pixels: Int, files: Int?, in url: URL
  ) -> UserError {
    let place = files.map { $0 > 1 ? "s in \($0) files (this is the first)" : "s" } ?? "s"
    return UserError(
      path: url.path,
      problem: "\(pixels) pixel\(pixels == 1 && files ?? 1 == 1 ? "" : place) "
        + "\(pixels == 1 ? "has" : "have") the \(value), which no class has; "
        + "add it to the description's classes, or to ignored")
  }

  private func isId(_ id: Int) -> Bool { trainingIds[id] != nil }

  private func decode(
    _ url: URL
  ) throws -> (
    labels: LabelImage, unknown: [(value: LabelValue, pixels: Int)], palette: Palette?
  ) {
    let raster = try rules.labels.read(url)
    var ids = [UInt8](repeating: LabelMap.ignored, count: raster.keys.count)
    var unknown: [Int: Int] = [:]
    // Neighboring pixels mostly have the same value: the table is read only where it changes.
    var (last, id): (Int, UInt8?) = (-1, nil)
    for (pixel, key) in raster.keys.enumerated() {
      if key != last { (last, id) = (key, trainingIds[key]) }
      if let id { ids[pixel] = id } else { unknown[key, default: 0] += 1 }
    }
    let isColor = rules.labels == .rgb
    return (
      LabelImage(height: raster.height, width: raster.width, ids: ids),
      unknown.sorted { $0.key < $1.key }.map { (isColor ? .color($0.key) : .id($0.key), $0.value) },
      raster.palette
    )
  }

  /// The ids of `FolderRules.labelTable`: training ids, and the number of classes where ignored.
  func readTableIds(_ url: URL, comparing palettes: PaletteMemory?) throws -> LabelImage {
    var labels = try read(url, comparing: palettes)
    let ignored = UInt8(rules.classes.count)
    for pixel in labels.ids.indices where labels.ids[pixel] == LabelMap.ignored {
      labels.ids[pixel] = ignored
    }
    return labels
  }

  /// Writes ids of `FolderRules.labelTable` as a label file of the same type; palette indices are
  /// written as gray levels.
  func write(_ labels: LabelImage, to url: URL) throws {
    let values = rules.values + rules.ignored.prefix(1)
    let components = values.map { $0.components.map { UInt16($0) } }
    let isDeep = rules.labels != .rgb && values.contains { $0.key > 255 }
    try PNG.write(
      PNGImage(
        height: labels.height, width: labels.width, channels: rules.labels == .rgb ? 3 : 1,
        bitDepth: isDeep ? 16 : 8, samples: labels.ids.flatMap { components[Int($0)] }), to: url)
  }

  static func == (a: FolderLabels, b: FolderLabels) -> Bool { a.rules == b.rules }

  func hash(into hasher: inout Hasher) { hasher.combine(rules) }
}

extension FolderRules {
  /// The value in label files for each training id.
  package var values: [LabelValue] {
    classes.map { entry in
      if labels != .rgb, let id = entry.id { return .id(id) }
      return LabelValue(color: entry.color)
    }
  }
}

extension FolderRules.LabelType {
  /// The keys of `LabelValue` of all pixels, rows top to bottom, and the palette where its indices or
  /// grays are ids.
  /// - Throws: `UserError` naming the file if it cannot be read or is of another type.
  func read(
    _ url: URL
  ) throws -> (height: Int, width: Int, keys: [Int], palette: Palette?) {
    guard self == .rgb else {
      let (image, palette) = try PNG.readLabels(url, takesGrays: self == .gray) {
        mismatch($0.channels, bitDepth: max(8, $0.bitDepth), url)
      }
      if let problem = mismatch(image.channels, bitDepth: image.bitDepth, url) { throw problem }
      return (image.height, image.width, image.samples.map { Int($0) }, palette)
    }
    let image = try PNG.read(url)
    let count = image.channels
    if let problem = mismatch(count, bitDepth: image.bitDepth, url) { throw problem }
    let keys = (0..<image.height * image.width).map { pixel in
      let first = pixel * count
      return Int(image.samples[first]) << 16 | Int(image.samples[first + 1]) << 8
        | Int(image.samples[first + 2])
    }
    return (image.height, image.width, keys, nil)
  }

  /// What is wrong with a file of so many channels; nil if it is of this type.
  private func mismatch(_ channels: Int, bitDepth: Int, _ url: URL) -> UserError? {
    let advice: String
    if self == .rgb {
      if channels >= 3, bitDepth == 8 { return nil }
      advice = "write gray or palette if numbers are ids"
    } else {
      if channels == 1 { return nil }
      advice = "write rgb if colors are classes, else give files with one channel of ids"
    }
    return UserError(
      path: url.path,
      problem: "has \(channels) channel\(channels == 1 ? "" : "s") of \(bitDepth) bits, but "
        + "label_type is \(rawValue); \(advice)")
  }
}
