import Checkpoints
import Datasets
import Experiments
import Foundation
import Testing

/// Real CamVid beside the checkout; not part of it, so it may be missing.
private let realCamVid = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "shared/data/camvid").standardizedFileURL
private let hasCamVid = FileManager.default.fileExists(atPath: realCamVid.path)

@Suite("Anybody's data set, by the command")
struct OwnDataTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  @discardableResult
  private func run(_ arguments: String...) throws -> String {
    let result = try Command.run(arguments, in: place.url)
    #expect(result.status == 0, "\(arguments) \(result.errors) \(result.output)")
    return result.output
  }

  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: place.file(name))
  }

  private func sweep(_ section: String, _ name: String, iterations: Int = 3) throws {
    try write(
      """
      name: tiny
      seeds: [1]
      backbones: [resnet18]
      losses: [ce, recall]
      network: {width: 0.0625}
      training:
        {iterations: \(iterations), batch: 2, learning_rate: 1e-3, checkpoint: last,
         validate_every: 2}
      datasets:
        \(section)

      """, name)
  }

  // MARK: CamVid

  /// CamVid as its user would describe it.
  private func describeCamVid(_ root: String) throws {
    let classes = ClassTable.camvid.entries.enumerated().map { id, entry in
      "  - {id: \(id), name: \(entry.name), color: \(entry.color)}"
    }
    let minority = ClassTable.camvid.minority.map { ClassTable.camvid.names[$0] }
    try write(
      """
      name: mine
      root: \(root)
      images: {train: train, validation: val, test: test}
      labels: {train: trainannot, validation: valannot, test: testannot}
      label_type: gray
      classes:
      \(classes.joined(separator: "\n"))
      ignored: [11]
      minority: [\(minority.joined(separator: ", "))]
      normalization: imagenet
      """, "mine.yml")
  }

  private func expectSameBits(root: String, settings: String) throws {
    try describeCamVid(root)
    try sweep("camvid: {source: real, \(settings)}", "built-in.yml")
    try sweep("mine: {source: folders, folders: mine.yml, \(settings)}", "described.yml")
    try run("sweep", "built-in.yml", "--camvid", root, "--output", "a")
    try run("sweep", "described.yml", "--output", "b")
    let (builtIn, described) = (place.finishedRuns("a"), place.finishedRuns("b"))
    #expect(builtIn.count == 2 && described.count == 2)
    for (one, other) in zip(builtIn, described) {
      let (a, b) = (try RunFolder.load(place.file(one)), try RunFolder.load(place.file(other)))
      #expect(a.configuration.loss == b.configuration.loss)
      #expect(a.confusions == b.confusions)
      #expect(a.history == b.history)
      #expect(a.split == b.split)
      #expect(a.checkpoints == b.checkpoints)
      let (wa, wb) = (
        try RunFolder.loadWeights(place.file(one)), try RunFolder.loadWeights(place.file(other))
      )
      #expect(wa.map(\.name) == wb.map(\.name))
      #expect(wa.map(\.values) == wb.map(\.values))
      #expect(a.predictions == b.predictions)
    }
  }

  @Test func describedCamVidGivesTheSameBits() throws {
    try expectSameBits(
      root: "camvid", settings: "size: [32, 32], augmentation: flip, evaluate_size: input")
  }

  /// With the augmentation that pads with the mean color.
  @Test(.enabled(if: hasCamVid, "needs shared/data/camvid beside the checkout"))
  func describedRealCamVidGivesTheSameBits() throws {
    try expectSameBits(
      root: realCamVid.path,
      settings: "size: [48, 64], augmentation: cityscapes, limits: {train: 6, evaluate: 4}, "
        + "evaluate_size: input")
  }

  // MARK: From nothing to a report

  private static let colors: [[UInt8]] = [
    [0, 0, 0], [10, 20, 30], [200, 0, 0], [0, 0, 255], [250, 250, 250],
  ]

  /// Made-up photographs, and masks in which each color is a class.
  private func makeLeaves() throws {
    for folder in ["photos", "masks"] {
      try FileManager.default.createDirectory(
        at: place.file("Leaves 1/\(folder)"), withIntermediateDirectories: true)
    }
    for index in 0..<12 {
      try place.writeImage("Leaves 1/photos/plant_\(index).png", index: index)
      let bytes = (0..<32 * 32).flatMap { pixel -> [UInt8] in
        // The last class is rare.
        let isRare = pixel % 97 == 0
        return Self.colors[isRare ? 4 : (pixel / 32 / 4 + index) % 4]
      }
      try PNG.write(
        ColorImage(height: 32, width: 32, bytes: bytes),
        to: place.file("Leaves 1/masks/plant_\(index)_mask.png"))
    }
  }

  @Test func fiveColorsFromNothingToAReport() throws {
    try makeLeaves()
    #expect(
      try run("data", "new", "Leaves 1").hasPrefix("leaves-1.yml: 5 values in label files (rgb)"))
    var text = try String(contentsOf: place.file("leaves-1.yml"), encoding: .utf8)
    for line in [
      "name: leaves-1", "images: 'photos'", "labels: 'masks'", "  suffix: ['', '_mask']",
      "label_type: rgb",
      "  - {name: class_4, color: [250, 250, 250]}  # 1.07 % of the pixels, in 12 files",
    ] { #expect(text.contains(line + "\n"), "\(line)") }
    for (index, name) in ["soil", "leaf", "rust", "pot", "label"].enumerated() {
      text = text.replacingOccurrences(of: "name: class_\(index),", with: "name: \(name),")
    }
    try write(text, "leaves-1.yml")
    let inspected = try run("data", "inspect", "leaves-1.yml")
    #expect(inspected.hasPrefix("leaves-1\n") && inspected.hasSuffix("No problems found.\n"))
    for (split, count) in [("train", 8), ("validation", 2), ("test", 2)] {
      #expect(
        inspected.contains(
          split.padding(toLength: 10, withPad: " ", startingAt: 0) + "      \(count) images"),
        "\(inspected)")
    }

    try sweep("leaves-1: {source: folders, folders: leaves-1.yml, size: [32, 32]}", "own.yml")
    try run("sweep", "own.yml", "--output", "out")
    let folder = try #require(place.finishedRuns().first)
    let record = try RunFolder.load(place.file(folder))
    let normalization = try #require(record.split.normalization)
    #expect(normalization.mean.allSatisfy { abs($0 - 0.5) < 0.01 })
    #expect(record.split.trainClassPixels.count == 5)

    try run("report", "out", "--data", "leaves-1.yml", "--pictures", "ce,recall")
    let tables = try String(contentsOf: place.file("out/tables.md"), encoding: .utf8)
    for name in ["soil", "leaf", "rust", "pot", "label"] { #expect(tables.contains(name)) }
    #expect(
      tables.contains("Minority classes: label (classes with less than 2% of the training pixels)"))
    #expect(tables.contains("images: leaves-1, read from its files"))
    #expect(place.exists("out/figures/leaves-1-resnet18-pictures-real.png"))

    // Stored weights score the same again, and so do their predictions as files.
    let stored = try run("evaluate", folder, "--data", "leaves-1.yml")
    try run(
      "predict", "--run", folder, "--data", "leaves-1.yml", "--output", "written", "--overlays")
    let scored = try run(
      "evaluate", "--dataset", "leaves-1", "--data", "leaves-1.yml", "--predictions", "written",
      "--ground-truth", "Leaves 1/masks", "--partial")
    #expect(stored.split(separator: "\n").last == scored.split(separator: "\n").last)
    #expect(scored.hasPrefix("leaves-1 without 10 images lacking a prediction, 2 images"))

    // One more loss against the runs that are there, and one run alone.
    try run(
      "compare", "--loss", "focal(gamma: 2)", "--against", "ce", "--sweep", "own.yml",
      "--baselines",
      "out", "--output", "compared", "--accept-other-code")
    #expect(place.exists("compared/comparison.md"))
    try run(
      "train", "own.yml", "--dataset", "leaves-1", "--backbone", "resnet18", "--loss", "ce",
      "--iterations", "2", "--output", "tried")
    #expect(place.finishedRuns("tried").count == 1)
  }

  @Test func newFindsSplitsAndIds() throws {
    try FileManager.default.createDirectory(
      at: place.file("grays"), withIntermediateDirectories: true)
    try run("data", "new", "camvid", "--output", "found.yml")
    let text = try String(contentsOf: place.file("found.yml"), encoding: .utf8)
    for line in [
      "name: my-camvid", "images:", "  train: 'train'", "  validation: 'val'", "  test: 'test'",
      "  train: 'trainannot'", "  validation: 'valannot'", "label_type: gray",
    ] { #expect(text.contains(line + "\n"), "\(line) of \(text)") }
    #expect(text.contains("  - {id: 10, name: class_10}"))
    try run("data", "inspect", "found.yml")
    // Written over only when told to.
    let again = try Command.run(["data", "new", "camvid", "-o", "found.yml"], in: place.url)
    #expect(
      again.errors == ["error: found.yml: already exists; name another file or use --force"])
    let empty = try Command.run(["data", "new", "grays"], in: place.url)
    #expect(empty.status == 1 && empty.errors.count == 1)
  }

  // MARK: Mistakes

  private func problem(_ arguments: String...) throws -> String {
    let result = try Command.run(arguments, in: place.url)
    #expect(result.status == 1 && result.errors.count == 1, "\(result.errors)")
    return result.errors.first ?? ""
  }

  @Test func mistakesEndInOneLine() throws {
    try describeCamVid("camvid")
    let settings = "size: [32, 32]"
    try sweep("mine: {source: folders, folders: mine.yml, \(settings)}", "own.yml")
    try place.writeLabels("camvid/trainannot/2.png", index: 0, id: 77)
    let line = try problem("sweep", "own.yml")
    #expect(line.hasPrefix("error: 2 of 2 runs failed: "))
    #expect(
      line.contains("camvid/trainannot/2.png: 1024 pixels have the label id 77, which no class has")
    )
    let inspected = try Command.run(["data", "inspect", "mine.yml"], in: place.url)
    #expect(inspected.status == 1)
    #expect(inspected.output.contains("1 problem:"))
    try place.writeLabels("camvid/trainannot/2.png", index: 2)
    try run("sweep", "own.yml", "--output", "out")
    let folder = try #require(place.finishedRuns().first)
    #expect(
      try problem("evaluate", folder)
        == "error: mine is a user-described data set: give its description with "
        + "--data mine=FILE.yml or RECALLBENCH_MINE")
    let text = try String(contentsOf: place.file("mine.yml"), encoding: .utf8)
    try write(text.replacingOccurrences(of: "ignored: [11]", with: "ignored: [11, 12]"), "mine.yml")
    #expect(
      try problem("evaluate", folder, "--data", "mine.yml").contains(
        "mine.yml: describes mine with different classes, labels, split, or normalization"))
    #expect(
      try problem("sweep", "tiny.yml", "--camvid", "camvid", "--data", "mine.yml")
        == "error: tiny.yml: has no data set mine for --data")
  }

  @Test func shortFormsAreThoseOfTheRegistry() throws {
    for arguments in [["--camvid", "camvid"], ["--camvid=camvid"], ["--data", "camvid=camvid"]] {
      let result = try Command.run(["data", "inspect"] + arguments, in: place.url)
      #expect(result.status == 0 && result.output.hasPrefix("camvid\n"), "\(result.errors)")
    }
    for (arguments, message) in [
      (
        ["--data", "camvid"],
        "--data 'camvid' is not NAME=PATH, such as camvid=/data/camvid, or a file"
      ),
      (["--camvid", "a", "--data", "camvid=b"], "error: --data gives two places for camvid; see"),
      (["--data", "potatoes=somewhere"], "potatoes is not synthia, cityscapes or camvid"),
      (["--camvid"], "error: missing value for '--data"),
    ] {
      let result = try Command.run(["data", "inspect"] + arguments, in: place.url)
      #expect(result.status == 64)
      #expect(result.errors.first?.contains(message) == true, "\(result.errors)")
    }
  }
}
