import Datasets
import Files
import Foundation
import Tensors

extension StandIn {
  static let cityscapes = StandIn(
    dataset: .cityscapes, shares: cityscapesShares, sharesOrigin: "Cityscapes training split %"
  ) { images, root, scene, compute, progress in
    try StreetScenes.renderCityscapes(
      to: root, train: images.train, validation: images.validation, configuration: scene,
      compute: compute, progress: progress)
  }

  /// Cityscapes' training split (label ids of the 19 evaluated classes).
  private static let cityscapesShares: [ClassShares.Entry] = [
    (7, "road", 36.9), (8, "sidewalk", 6.1), (11, "building", 22.8), (12, "wall", 0.7),
    (13, "fence", 0.9), (17, "pole", 1.2), (19, "traffic light", 0.2), (20, "traffic sign", 0.6),
    (21, "vegetation", 15.9), (22, "terrain", 1.2), (23, "sky", 4.0), (24, "person", 1.2),
    (25, "rider", 0.1), (26, "car", 7.0), (27, "truck", 0.3), (28, "bus", 0.2),
    (31, "train", 0.2), (32, "motorcycle", 0.1), (33, "bicycle", 0.4),
  ]
}

extension StreetScenes {
  /// The folder and file name prefix, where the real data set has a city's name.
  static let city = "rendered"

  /// Renders pictures in the layout of Cityscapes, unless the folder already contains exactly that.
  /// Every picture shows a different street.
  /// - Throws: `UserError` if the folder contains files that were not rendered, or writing fails.
  @discardableResult
  package static func renderCityscapes(
    to root: URL, train: Int, validation: Int, configuration: SceneConfiguration,
    compute: Compute, progress: Progress? = nil
  ) throws -> RenderedRecord {
    let record = RenderedRecord(
      layout: .cityscapes, configuration: configuration,
      counts: ["train": train, "val": validation])
    return try record.render(root, folders: ["leftImg8bit", "gtFine"], compute: compute) {
      for split in ["train", "val"] {
        for kind in ["leftImg8bit", "gtFine"] {
          try makeFolder(root.appending(path: "\(kind)/\(split)/\(city)"))
        }
      }
      return try renderAll(train + validation, compute: compute, progress: progress) { index in
        let isTrain = index < train
        return try renderCityscapesPicture(
          isTrain ? index : index - train, isTrain ? "train" : "val", to: root, configuration)
      }
    }
  }

  /// - Returns: pixels by label id.
  private static func renderCityscapesPicture(
    _ index: Int, _ split: String, to root: URL, _ configuration: SceneConfiguration
  ) throws -> [Int] {
    let (h, w) = (configuration.height, configuration.width)
    // Streets of the two splits come from separate random streams, independent of the counts.
    var random = RandomSource(
      seed: configuration.seed, purpose: "cityscapes \(split)", counter: UInt64(index))
    let street = Street(
      style: .cityscapes, seed: random.next(), scene: index, extent: -12...150, time: 0)
    let camera = cityscapesCamera(street, configuration, random: &random)
    let lens = Lens(random: &random)
    var picture = Picture(
      street, camera: camera, height: h, width: w, asAnnotated: true, lens: lens, random: &random)
    Annotator.jitterBorders(&picture, random: &random)
    Bonnet(random: &random).draw(on: &picture)
    var ids = picture.labels.map { UInt8($0.cityscapesID) }
    Annotator.markBorder(&ids, height: h, width: w)
    let stem = "\(split)/\(city)/\(city)_\(String(format: "%06d", index))_000019"
    try PNG.write(
      ColorImage(height: h, width: w, bytes: picture.colors),
      to: root.appending(path: "leftImg8bit/\(stem)_leftImg8bit.png"))
    try PNG.writeGray(
      height: h, width: w, bytes: ids,
      to: root.appending(path: "gtFine/\(stem)_gtFine_labelIds.png"))
    var counts = [Int](repeating: 0, count: 256)
    for id in ids { counts[Int(id)] += 1 }
    return counts
  }

  /// Cityscapes' camera: focal length 2262 at 2048 pixels, 1.2 m high, looking down a little.
  private static func cityscapesCamera(
    _ street: Street, _ configuration: SceneConfiguration, random: inout RandomSource
  ) -> Camera {
    let place = street.at(0, street.ownLane + random.float(-0.4...0.4))
    return Camera(
      position: place.point(Vector(0, random.float(1.15...1.3), 0)),
      heading: random.float(-0.06...0.06), pitch: random.float(-0.012...0.012),
      focal: 2262.0 / 2048, horizon: 0.42, height: configuration.height,
      width: configuration.width)
  }
}
