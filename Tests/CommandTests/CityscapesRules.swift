import Datasets
import Foundation

/// Label files and imperfect predictions by the integer rules of
/// `Fixtures/cityscapes/make_reference.py`; what is changed here must be changed there.
enum CityscapesRules {
  private static let ids = [
    7, 8, 11, 0, 13, 17, 19, 20, 21, 23, 24, 25, 26, 27, 31, 32, 1, 3, 4, 9, 29, 30, 18, 26, 24,
  ]

  static func truth(_ image: Int) -> (labels: LabelImage, instances: [UInt16]) {
    let (rows, columns) = (48, 80)
    var (labels, instances) = ([UInt8](), [UInt16]())
    for y in 0..<rows {
      for x in 0..<columns {
        let block = y / 7 * 13 + x / 9 + image * 31
        var label = ids[block * 7 % ids.count]
        if image == 1, label == 31 || label == 32 { label = 7 }
        labels.append(UInt8(label))
        let isNumbered = label >= 24 && block % 11 != 0
        instances.append(UInt16(isNumbered ? label * 1000 + block % 17 : label))
      }
    }
    return (LabelImage(height: rows, width: columns, ids: labels), instances)
  }

  static func imperfect(_ labels: LabelImage, _ image: Int) -> LabelImage {
    var result = labels
    for y in 0..<labels.height {
      for x in 0..<labels.width {
        let moved = Int(labels.ids[max(y - 2, 0) * labels.width + max(x - 3, 0)])
        let id =
          switch (x * 73_856_093 + y * 19_349_663 + image * 83_492_791) / 7 % 97 {
          case 0: 0
          case 1: moved == 11 || moved == 21 ? moved : (moved + 1) % 34
          case 2: 29
          case 3: 16
          default: (y / 64 + x / 64 + image) % 17 == 0 ? 33 : moved
          }
        result.ids[y * labels.width + x] = UInt8(id)
      }
    }
    return result
  }

  static let frames = (0..<3).map { String(format: "town_%06d_000019", $0) }

  /// The synthetic label files below `val`, and the predictions scattered below `predictions`.
  static func write(to root: URL, instances: Bool = true) throws {
    let folders = ["val/town", "predictions", "predictions/more/of them"]
    for folder in folders {
      try FileManager.default.createDirectory(
        at: root.appending(path: folder), withIntermediateDirectories: true)
    }
    for (index, frame) in frames.enumerated() {
      let (labels, ids) = truth(index)
      let stem = "val/town/\(frame)_gtFine"
      try LabelTable.cityscapes.write(labels, to: root.appending(path: "\(stem)_labelIds.png"))
      if instances {
        try PNG.write(
          PNGImage(
            height: labels.height, width: labels.width, channels: 1, bitDepth: 16, samples: ids),
          to: root.appending(path: "\(stem)_instanceIds.png"))
      }
      try LabelTable.cityscapes.write(
        imperfect(labels, index),
        to: root.appending(path: "\(folders[1 + index % 2])/\(frame)_anything.png"))
    }
  }
}
