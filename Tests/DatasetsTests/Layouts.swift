import Datasets
import Foundation

/// Small data sets in the real layouts.
enum Layouts {
  /// An image whose every byte tells `number`, row and column apart.
  static func image(_ number: Int, height: Int, width: Int) -> ColorImage {
    var bytes: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        bytes += [number * 37, y * 11, x * 5].map { UInt8($0 % 256) }
      }
    }
    return ColorImage(height: height, width: width, bytes: bytes)
  }

  /// Labels 0..<classes in columns, shifted by `number`.
  static func labels(_ number: Int, height: Int, width: Int, classes: Int) -> [UInt8] {
    (0..<height * width).map { UInt8(($0 % width + number) % classes) }
  }

  /// CamVid's folders with `train` training images, one for validation and one for test.
  static func camvid(_ root: URL, train: Int, height: Int = 6, width: Int = 8) throws {
    for (split, count) in [("train", train), ("val", 1), ("test", 1)] {
      for i in 0..<count {
        let name = String(format: "%04d.png", i)
        try PNG.write(
          image(i, height: height, width: width), to: try root.file("\(split)/\(name)"))
        try PNG.writeGray(
          height: height, width: width,
          bytes: labels(i, height: height, width: width, classes: 12),
          to: try root.file("\(split)annot/\(name)"))
      }
    }
  }

  /// A training store over `camvid`.
  static func store(
    _ root: URL, train: Int, height: Int = 6, width: Int = 8, full: Bool = false,
    budget: Int = 2 << 30
  ) throws -> ImageStore {
    if !Folders.exist(root.appendingPathComponent("train")) { try camvid(root, train: train) }
    let dataset = try CamVidDataset(root: root)
    return ImageStore(
      dataset: dataset, items: try dataset.items(.train), height: height, width: width,
      keepsFullSize: full, budget: budget)
  }

  /// A Cityscapes pair whose label file holds `ids`.
  static func cityscapes(
    _ root: URL, _ frame: String, ids: [UInt8], kind: String = "labelIds", split: String = "train"
  ) throws {
    let city = frame.split(separator: "_")[0]
    try PNG.write(
      image(1, height: 2, width: ids.count / 2),
      to: try root.file("leftImg8bit/\(split)/\(city)/\(frame)_leftImg8bit.png"))
    try PNG.writeGray(
      height: 2, width: ids.count / 2, bytes: ids,
      to: try root.file("gtFine/\(split)/\(city)/\(frame)_gtFine_\(kind).png"))
  }

  /// A 16-bit SYNTHIA pair: class in the first channel, an instance number in the second.
  static func synthia(_ root: URL, _ view: String, _ frame: Int, ids: [UInt16]) throws {
    let name = String(format: "%06d.png", frame)
    try PNG.write(
      image(frame, height: 1, width: ids.count), to: try root.file("RGB/\(view)/\(name)"))
    try PNG.write(
      PNGImage(
        height: 1, width: ids.count, channels: 3, bitDepth: 16,
        samples: ids.flatMap { [$0, 4660, 0] }),
      to: try root.file("GT/LABELS/\(view)/\(name)"))
  }
}
