import Datasets
import Foundation
import Tensors

/// Writes a CamVid of noise, whose labels are bands of all classes and void, with as many images in
/// each split as there are sizes.
package func writeCamVid(to root: URL, sizes: [(height: Int, width: Int)]) throws -> CamVidDataset {
  for split in ["train", "val", "test"] {
    for folder in [split, split + "annot"] {
      try FileManager.default.createDirectory(
        at: root.appending(path: folder), withIntermediateDirectories: true)
    }
    for (index, (height, width)) in sizes.enumerated() {
      var random = RandomSource(seed: UInt64(index), purpose: split)
      let bytes = (0..<height * width * 3).map { _ in UInt8(random.below(256)) }
      let labels = (0..<height * width).map {
        UInt8(($0 / width / 5 + $0 % width / 7 + index) % 12)
      }
      try PNG.write(
        ColorImage(height: height, width: width, bytes: bytes),
        to: root.appending(path: "\(split)/\(index).png"))
      try PNG.writeGray(
        height: height, width: width, bytes: labels,
        to: root.appending(path: "\(split)annot/\(index).png"))
    }
  }
  return try CamVidDataset(root: root)
}
