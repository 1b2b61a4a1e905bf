import Files
import Foundation

/// An image to predict, and how its prediction is to be called.
package struct PredictionTarget: Hashable, Sendable {
  package let image: URL
  /// Path of the prediction below its folder, so that `PredictionFiles` and, for Cityscapes, the
  /// official evaluation find it.
  package let prediction: String
  /// Path of a picture that neither takes for a prediction.
  package let overlay: String

  private init(image: URL, prediction: String, overlay: String) {
    (self.image, self.prediction, self.overlay) = (image, prediction, overlay)
  }

  /// The images of a split. Cityscapes' test images have no labels but can be predicted.
  /// - Throws: `UserError` as `Dataset.items`.
  package static func all(of dataset: any Dataset, _ split: Split) throws -> [PredictionTarget] {
    if let cityscapes = dataset as? CityscapesDataset, split == .test {
      return try cityscapes.testImages().map { Self.cityscapes($0) }
    }
    return try dataset.items(split).map { item in
      switch dataset.name {
      case .cityscapes: return Self.cityscapes(item.image)
      // The views repeat each other's file names.
      case .synthia: return samePath(item, "\(item.name).png")
      case .camvid: return samePath(item, item.label.lastPathComponent)
      }
    }
  }

  private static func samePath(_ item: Item, _ path: String) -> PredictionTarget {
    PredictionTarget(image: item.image, prediction: path, overlay: "overlays/\(path)")
  }

  /// The rule finds every name that begins with the frame's, in any folder.
  private static func cityscapes(_ image: URL) -> PredictionTarget {
    let name = image.lastPathComponent
    let frame = name.dropLast(CityscapesDataset.imageEnding.count)
    return PredictionTarget(
      image: image, prediction: "\(frame)_pred_labelIds.png",
      overlay: "overlays/overlay_\(frame).png")
  }
}

extension CityscapesDataset {
  /// The test split's images, by city and name.
  fileprivate func testImages() throws -> [URL] {
    let folder = root.appendingPathComponent("leftImg8bit/test")
    let images = Folder.subfolders(folder).flatMap { city in
      let city = folder.appendingPathComponent(city)
      return Folder.stems(city, suffix: Self.imageEnding).map {
        city.appendingPathComponent($0 + Self.imageEnding)
      }
    }
    if images.isEmpty {
      throw UserError(path: folder.path, problem: "no images of the test split here")
    }
    return images
  }
}
