import Files
import Foundation

/// Cityscapes (Cordts et al., CVPR 2016): `leftImg8bit/<split>/<city>/*_leftImg8bit.png` and
/// `gtFine/<split>/<city>/*_gtFine_labelIds.png`, or `_labelTrainIds.png` where there is none.
package struct CityscapesDataset: Dataset {
  package let root: URL
  private let palettes = PaletteMemory()

  /// The id in `_labelIds.png` files for each training id.
  package static let fileIds = [
    7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33,
  ]
  /// The ids that are not evaluated.
  package static let ignoredIds = [0, 1, 2, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18, 29, 30]
  private static let labelIds = LabelIds(
    title: "Cityscapes label ids", ids: fileIds, ignored: ignoredIds,
    largestTrainId: fileIds.count - 1)
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
    case .test: throw Self.noTestLabels(root)
    }
  }

  private static func noTestLabels(_ root: URL) -> UserError {
    UserError(
      path: root.path,
      problem: "Cityscapes publishes no labels of its test split; use `validation`")
  }

  package func unpublished(_ split: Split) -> UserError? {
    split == .test ? Self.noTestLabels(root) : nil
  }

  package func items(_ split: Split) throws -> [Item] { try listing(split).checked(split) }

  package func listing(_ split: Split) throws -> SplitListing {
    let part = try folder(split)
    let images = root.appendingPathComponent("leftImg8bit/\(part)")
    var listing = SplitListing(path: images.path)
    for city in try Folder.subfolders(images) {
      let labels = root.appendingPathComponent("gtFine/\(part)/\(city)")
      let present = NameTable(try Folder.names(labels))
      for frame in try Folder.stems(images.appendingPathComponent(city), suffix: Self.imageEnding) {
        let image = images.appendingPathComponent("\(city)/\(frame)\(Self.imageEnding)")
        let candidates = [Self.labelIdsEnding, Self.trainIdsEnding].map { frame + $0 }
        guard let label = candidates.lazy.compactMap({ present[$0] }).first else {
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
    listing.add(try unread(part))
    return listing
  }

  /// What lies in a split's folders and is neither read nor part of the published layout.
  private func unread(_ part: String) throws -> UnreadFiles {
    var unread = UnreadFiles()
    let images = root.appendingPathComponent("leftImg8bit/\(part)")
    let labels = root.appendingPathComponent("gtFine/\(part)")
    for folder in [images, labels] {
      unread.lookForOtherCases(of: [part], in: folder.deletingLastPathComponent())
      try unread.lookBesideFolders(in: folder)
      for city in try Folder.subfolders(folder) {
        try unread.look(
          in: folder.appendingPathComponent(city),
          isRead: { $0.hasSuffix(folder == images ? Self.imageEnding : ".png") },
          belongs: { folder == labels && $0.hasSuffix(".json") })
      }
    }
    return unread
  }

  package func strayLabels() throws -> [UserError] {
    try ["train", "val"].flatMap { part in
      let labels = root.appendingPathComponent("gtFine/\(part)")
      return try Folder.subfolders(labels).flatMap { city in
        let folder = labels.appendingPathComponent(city)
        let frames = Set(
          try Folder.stems(
            root.appendingPathComponent("leftImg8bit/\(part)/\(city)"), suffix: Self.imageEnding))
        return try [Self.labelIdsEnding, Self.trainIdsEnding].flatMap { ending in
          try Folder.stems(folder, suffix: ending).filter { !frames.contains($0) }
            .map { UserError.noImage(label: folder.appendingPathComponent($0 + ending)) }
        }
      }
    }
  }

  package func readLabels(_ item: Item) throws -> LabelImage {
    let isTrainIds = item.label.lastPathComponent.hasSuffix(Self.trainIdsEnding)
    return try (isTrainIds ? Self.trainIds : Self.labelIds)
      .read(item.label, comparing: palettes)
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
    let images = try Folder.subfolders(folder).flatMap { city in
      let city = folder.appendingPathComponent(city)
      return try Folder.stems(city, suffix: Self.imageEnding).map {
        city.appendingPathComponent($0 + Self.imageEnding)
      }
    }
    if let problem = try unread("test").problems.first { throw problem }
    if images.isEmpty {
      throw UserError(path: folder.path, problem: "no images of the test split here")
    }
    return images
  }
}
