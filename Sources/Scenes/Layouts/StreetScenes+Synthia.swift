import Datasets
import Files
import Foundation
import Tensors

extension StandIn {
  /// SYNTHIA's split gives shares of each view, so there may be more images than requested.
  static let synthia = StandIn(
    dataset: .synthia, shares: synthiaShares,
    sharesOrigin: "aimed at % (our choice; docs/stand-ins.md has the real shares)"
  ) { images, root, scene, compute, progress in
    let frames = StreetScenes.framesPerView(
      train: images.train, validation: images.validation, test: images.test)
    return try StreetScenes.renderSynthia(
      to: root, framesPerView: frames, configuration: scene, compute: compute, progress: progress)
  }

  /// Chosen before shares of SYNTHIA-SEQS-05 were known to us, between those counted for
  /// SYNTHIA-RAND-CITYSCAPES (sky 6.9, building 29.3, road 18.4, sidewalk 19.3, fence 0.27,
  /// vegetation 10.3, pole 1.04, car 4.1, sign 0.10, pedestrian 4.3, bicycle 0.22, lane marking
  /// 1.4, traffic light 0.04; its cameras also stand on sidewalks) and what a camera on the roadway
  /// sees; bicycle is the smallest, as in the paper's account of its data. The sequence's own shares
  /// (results/synthia-class-shares.csv) have more building and fence, less sky, vegetation and
  /// pedestrian, and a bicycle of 0.002; the pictures stay as stored runs saw them.
  private static let synthiaShares: [ClassShares.Entry] = [
    (1, "sky", 12), (2, "building", 28), (3, "road", 26.5), (4, "sidewalk", 11),
    (5, "fence", 0.8), (6, "vegetation", 12), (7, "pole", 0.9), (8, "car", 5),
    (9, "traffic sign", 0.25), (10, "pedestrian", 1.6), (11, "bicycle", 0.08),
    (12, "lane marking", 1.4), (15, "traffic light", 0.15),
  ]
}

extension StreetScenes {
  static let synthiaViews = ["Stereo_Left", "Stereo_Right"].flatMap { eye in
    ["Omni_F", "Omni_B", "Omni_L", "Omni_R"].map { (eye: eye, omni: $0) }
  }

  /// Frames per view with which the paper's split (70, 10 and the other 20 percent of each of the
  /// eight views) has at least the given numbers of images.
  package static func framesPerView(train: Int, validation: Int, test: Int) -> Int {
    var n = 1
    while true {
      let (a, b) = (Int(0.7 * Double(n)), Int(0.1 * Double(n)))
      if a * 8 >= train, b * 8 >= validation, (n - a - b) * 8 >= test { return n }
      n += 1
    }
  }

  /// Renders `framesPerView` frames of all eight views in the layout of SYNTHIA-SEQS, unless the
  /// folder already contains exactly that.
  /// - Throws: `UserError` if the folder contains files that were not rendered, or writing fails.
  @discardableResult
  package static func renderSynthia(
    to root: URL, framesPerView: Int, configuration: SceneConfiguration, compute: Compute,
    progress: Progress? = nil
  ) throws -> RenderedRecord {
    let record = RenderedRecord(
      layout: .synthia, configuration: configuration, counts: ["frames": framesPerView])
    return try record.render(root, folders: ["RGB", "GT"], compute: compute) {
      for view in synthiaViews {
        for kind in ["RGB", "GT/LABELS"] {
          try makeFolder(root.appending(path: "\(kind)/\(view.eye)/\(view.omni)"))
        }
      }
      return try renderAll(framesPerView, compute: compute, progress: progress) { frame in
        try renderSynthiaFrame(frame, to: root, configuration)
      }
    }
  }

  /// - Returns: pixels by label id.
  private static func renderSynthiaFrame(
    _ frame: Int, to root: URL, _ configuration: SceneConfiguration
  ) throws -> [Int] {
    let (scene, number) = frame.quotientAndRemainder(dividingBy: configuration.framesPerScene)
    // SYNTHIA's sequences have five frames a second; ours drive a little farther between two
    // frames.
    let time = Float(number) * 0.4
    let street = Street(
      style: .synthia, seed: configuration.seed, scene: scene, extent: -70...130, time: time)
    var counts = [Int](repeating: 0, count: 256)
    var sceneRandom = RandomSource(
      seed: configuration.seed, purpose: "synthia lens", counter: UInt64(scene))
    let lens = Lens(random: &sceneRandom)
    for (index, view) in synthiaViews.enumerated() {
      var random = RandomSource(
        seed: configuration.seed, purpose: "synthia sensor", counter: UInt64(frame * 8 + index))
      let picture = Picture(
        street, camera: synthiaCamera(street, view: index, configuration),
        height: configuration.height, width: configuration.width, asAnnotated: false, lens: lens,
        random: &random)
      let name = "\(view.eye)/\(view.omni)/\(String(format: "%06d", frame)).png"
      let (h, w) = (configuration.height, configuration.width)
      try PNG.write(
        ColorImage(height: h, width: w, bytes: picture.colors),
        to: root.appending(path: "RGB/\(name)"))
      var samples = [UInt16](repeating: 0, count: h * w * 3)
      for p in 0..<h * w {
        samples[3 * p] = picture.labels[p].synthiaID
        samples[3 * p + 1] = picture.instances[p]
        counts[Int(samples[3 * p])] += 1
      }
      try PNG.write(
        PNGImage(height: h, width: w, channels: 3, bitDepth: 16, samples: samples),
        to: root.appending(path: "GT/LABELS/\(name)"))
    }
    return counts
  }

  /// SYNTHIA's rig: focal length 532.7 at 1280 pixels, eyes 0.8 m apart, four directions.
  private static func synthiaCamera(
    _ street: Street, view: Int, _ configuration: SceneConfiguration
  ) -> Camera {
    let s = street.speed * street.time
    let place = street.at(s, street.ownLane)
    let heading = [0, Float.pi, -Float.pi / 2, Float.pi / 2][view % 4]
    let eye: Float = view < 4 ? -0.4 : 0.4
    let (sine, cosine) = sineCosine(heading)
    // The rig turns as a whole: eyes lie across the direction of view.
    let offset = Vector(eye * cosine, 1.7, -eye * sine)
    let along = Float.pi / 2 - Float(atan2(Double(place.forward.z), Double(place.forward.x)))
    return Camera(
      position: place.point(offset), heading: along + heading, pitch: -0.01, focal: 532.74 / 1280,
      horizon: 0.5, height: configuration.height, width: configuration.width)
  }
}
