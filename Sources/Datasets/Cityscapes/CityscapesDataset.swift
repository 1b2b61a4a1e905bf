import Files
import Foundation

/// Cityscapes (Cordts et al., CVPR 2016): `leftImg8bit/<split>/<city>/*_leftImg8bit.png` and
/// `gtFine/<split>/<city>/*_gtFine_labelIds.png`, or `_labelTrainIds.png` where there is none.
package struct CityscapesDataset: Dataset {
  package let root: URL

  /// The id in `_labelIds.png` files for each training id.
  package static let fileIds = [
    7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33,
  ]
  /// The ids that are not evaluated.
  package static let ignoredIds = [0, 1, 2, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18, 29, 30]
  private static let labelIds = LabelIds(
    title: "Cityscapes label ids", ids: fileIds, ignored: ignoredIds)
  private static let trainIds = LabelIds(
    title: "Cityscapes train ids", ids: Array(0..<19), ignored: [255])
  private static let title = "Cityscapes (leftImg8bit/ and gtFine/)"
  private static let imageEnding = "_leftImg8bit.png"
  private static let labelIdsEnding = "_gtFine_labelIds.png"
  private static let trainIdsEnding = "_gtFine_labelTrainIds.png"

  /// - Throws: `UserError` if the folder does not have this layout.
  package init(root: URL) throws {
    try Folder.checkRoot(root, of: Self.title)
    try Folder.require(["leftImg8bit", "gtFine"], in: root, of: Self.title)
    self.root = root
  }

  package var name: DatasetName { .cityscapes }
  package var classes: ClassTable { .cityscapes }

  private func folder(_ split: Split) throws -> String {
    switch split {
    case .train: return "train"
    case .validation: return "val"
    case .test:
      throw UserError(
        path: root.path,
        problem: "Cityscapes publishes no labels of its test split; use `validation`")
    }
  }

  package func items(_ split: Split) throws -> [Item] { try listing(split).checked(split) }

  package func listing(_ split: Split) throws -> SplitListing {
    let part = try folder(split)
    let images = root.appendingPathComponent("leftImg8bit/\(part)")
    var listing = SplitListing(path: images.path)
    for city in Folder.subfolders(images) {
      let labels = root.appendingPathComponent("gtFine/\(part)/\(city)")
      let present = Set(Folder.names(labels))
      for frame in Folder.stems(images.appendingPathComponent(city), suffix: Self.imageEnding) {
        let image = images.appendingPathComponent("\(city)/\(frame)\(Self.imageEnding)")
        let candidates = [Self.labelIdsEnding, Self.trainIdsEnding].map { frame + $0 }
        guard let label = candidates.first(where: present.contains) else {
          listing.problems.append(
            .noLabel(image: image, label: labels.appendingPathComponent(candidates[0])))
          continue
        }
        listing.items.append(
          Item(
            name: "\(part)/\(city)/\(frame)", image: image,
            label: labels.appendingPathComponent(label)))
      }
    }
    return listing
  }

  package func strayLabels() -> [UserError] {
    ["train", "val"].flatMap { part in
      let labels = root.appendingPathComponent("gtFine/\(part)")
      return Folder.subfolders(labels).flatMap { city in
        let folder = labels.appendingPathComponent(city)
        let frames = Set(
          Folder.stems(
            root.appendingPathComponent("leftImg8bit/\(part)/\(city)"), suffix: Self.imageEnding))
        return [Self.labelIdsEnding, Self.trainIdsEnding].flatMap { ending in
          Folder.stems(folder, suffix: ending).filter { !frames.contains($0) }
            .map { UserError.noImage(label: folder.appendingPathComponent($0 + ending)) }
        }
      }
    }
  }

  package func readLabels(_ item: Item) throws -> LabelImage {
    let isTrainIds = item.label.lastPathComponent.hasSuffix(Self.trainIdsEnding)
    return try (isTrainIds ? Self.trainIds : Self.labelIds).read(item.label)
  }
}

extension CityscapesDataset {
  /// The test split's images have no labels but can be predicted. The official evaluation finds
  /// every name that begins with the frame's, in any folder.
  package func predictionTargets(_ split: Split) throws -> [PredictionTarget] {
    let images = try split == .test ? testImages() : items(split).map(\.image)
    return images.map { image in
      let frame = image.lastPathComponent.dropLast(Self.imageEnding.count)
      return PredictionTarget(
        image, prediction: "\(frame)_pred_labelIds.png", overlay: "overlays/overlay_\(frame).png")
    }
  }

  /// The test split's images, by city and name.
  private func testImages() throws -> [URL] {
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
