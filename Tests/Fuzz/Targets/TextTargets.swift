import Datasets
import Experiments
import Files
import Foundation
import Losses
import Tensors

extension FuzzTarget {
  static let texts = [
    FuzzTarget(
      name: "yaml", title: "sweep files (YAML)", memoryFactor: 8192, seeds: sweepFiles,
      mutator: MixedMutator(TextMutator(words: sweepWords), ByteMutator(), part: 9)
    ) { input, place in
      var sweep = try Sweep(contentsOf: try place.write(input, to: "a.yml"))
      try sweep.apply(SweepOverrides())
      let runs = sweep.runs
      for run in runs.prefix(20) {
        // What a sweep file may say, a stored run may say.
        let data = try CanonicalJSON.encode(run)
        let read = try CanonicalJSON.decode(RunConfiguration.self, from: data, of: place.folder)
        guard read == run, try !run.runName.hasHiddenCharacters else { throw Contradiction("run") }
      }
      return "\(runs.count.bitWidth - runs.count.leadingZeroBitCount) bits of runs"
    },
    FuzzTarget(
      name: "classes", title: "descriptions of data sets, with class tables (YAML)",
      memoryFactor: 8192, seeds: { _, _ in descriptions.map { Data($0.utf8) } },
      mutator: MixedMutator(TextMutator(words: descriptionWords), ByteMutator(), part: 9),
      run: openDescribed),
    FuzzTarget(
      name: "lists", title: "lists of images (train.txt and others)", memoryFactor: 2048,
      seeds: { _, _ in lists.map { Data($0.utf8) } },
      mutator: MixedMutator(TextMutator(words: listWords), ByteMutator(), part: 8)
    ) { input, place in
      try SmallImages.write(to: place)
      _ = try place.write(input, to: "train.txt")
      let camvid = Result { try openDataset(.camvid, root: place.folder, split: .official) }
      let found = try camvid.flatMap { data in Result { try data.listing(.train) } }.get()
      let description = try FolderDescription(contentsOf: place.file("lists.yml"))
      let own = Result { try description.open().items(.train).count }
      if case .failure(let error) = own, !(error is UserError) { throw error }
      return "\(min(found.items.count, 4)) images, \(min(found.problems.count, 4)) problems"
    },
    FuzzTarget(
      name: "loss", title: "losses as they are written", memoryFactor: 4096,
      seeds: { _, place in lossNotations.map { Data($0.utf8) } },
      mutator: MixedMutator(TextMutator(words: lossWords), ByteMutator(), part: 9),
      run: evaluateLoss),
  ]

  // MARK: Sweep files

  private static let sweepFiles: @Sendable (URL, FuzzPlace) throws -> [Data] = { fixtures, _ in
    let folder = fixtures.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "benchmarks/sweeps")
    return try FuzzSequence.files(folder)
  }

  private static let sweepWords = [
    "name", "seeds", "backbones", "losses", "network", "training", "datasets", "settings",
    "evaluate",
    "tune", "execution", "width", "architecture", "pretrained", "iterations", "batch",
    "learning_rate",
    "momentum", "nesterov", "weight_decay", "warmup", "warmup_factor", "sync_batch_norm",
    "schedule", "polynomial",
    "power",
    "sgd", "checkpoint", "best", "validate_every", "size", "evaluate_size", "augmentation",
    "limits",
    "render", "void", "counts", "source", "folders", "real", "rendered", "path", "parameters",
    "focal",
    "gamma", "prior_correction", "boundary", "calibration", "scale", "jobs", "resnet18", "[1, 2]",
    "\"a.py:F(x=[[1],(2,)])\"", "\"recall + 0.5 * lovasz\"",
  ]

  // MARK: Descriptions

  private static let descriptionWords = [
    "name", "root", "images", "labels", "lists", "split", "ratios", "seed", "group", "label_name",
    "prefix", "suffix", "label_type", "gray", "palette", "rgb", "classes", "id", "color", "ignored",
    "minority", "normalization", "imagenet", "mean", "deviation", "train", "validation", "test",
    "\"(a|b)*\"", "\"a{1000}\"", "\"[z-a]\"", "\"(?<x>.)\"", "\"\\\\p{L}+\"", "\"(?i:a)\"",
    "\"(((.)))\"",
  ]

  private static let descriptions = [
    """
    name: own
    images: train
    labels: trainannot
    split: {ratios: [0.5, 0.25, 0.25], seed: 3, group: "([a-z])[0-9]*"}
    label_type: gray
    classes:
      - {id: 0, name: sky}
      - {id: 1, name: road, color: [1, 2, 3]}
      - {id: 7, name: "tree"}
    ignored: [255]
    minority: [road]
    normalization: {mean: [0.5, 0.5, 0.5], deviation: [0.2, 0.2, 0.2]}

    """,
    """
    name: own-2
    root: .
    images: {train: train, validation: val}
    labels: {train: trainannot, validation: valannot}
    label_name: {prefix: [a, a], suffix: ["", ""]}
    label_type: rgb
    classes: [{name: a, color: [0, 0, 0]}, {name: b, color: [1, 1, 1]}]
    ignored: [[9, 9, 9]]
    normalization: training

    """,
    SmallImages.lists,
  ]

  private static let openDescribed: @Sendable (Data, FuzzPlace) throws -> String = { input, place in
    try SmallImages.write(to: place)
    let description = try FolderDescription(contentsOf: try place.write(input, to: "own.yml"))
    let text = try CanonicalJSON.encode(description.rules)
    let read = try CanonicalJSON.decode(FolderRules.self, from: text, of: place.folder)
    guard read == description.rules else { throw Contradiction("rules") }
    // Not into the rest of this machine's disk.
    guard description.places.allSatisfy({ $0.path.hasPrefix(place.folder.path + "/") }) else {
      return "elsewhere"
    }
    let data = try description.open()
    let items = try data.splits.map { try data.listing($0).items }
    for item in items.flatMap(\.self).prefix(3) { _ = try? data.readLabels(item) }
    return "\(description.rules.labels) \(items.map { min($0.count, 3) })"
  }

  // MARK: Lists

  private static let listWords = [
    "train/a.png", "trainannot/a.png", "/SegNet/CamVid/train/b.png", "\\", "train", "..",
    "a.png a.png\n",
    "#", "train/../train/a.png", " ", "\n\n",
  ]
  private static let lists = [
    "/SegNet/CamVid/train/a1.png /SegNet/CamVid/trainannot/a1.png\n"
      + "/SegNet/CamVid/train/b1.png /SegNet/CamVid/trainannot/b1.png\n",
    "train/a1.png trainannot/a1.png\r\ntrain/b1.png trainannot/b1.png",
  ]

  // MARK: Losses

  private static let lossWords =
    LossRegistry.all.map(\.name)
    + LossRegistry.all.flatMap { $0.parameters.map { "\($0.name): " } } + [
      "a.py:F(x=1)", "None", "True", "[", "(", "'", "nan", "1e-300", "1e300", " + ", " * ",
      "0.5 * ",
    ]

  private static let lossNotations =
    LossRegistry.all.map { descriptor in
      let list = descriptor.parameters.map { "\($0.name): \($0.defaultValue ?? 0.5)" }
      return list.isEmpty ? descriptor.name : "\(descriptor.name)(\(list.joined(separator: ", ")))"
    } + ["recall + 0.5 * lovasz", "a.py:F(x=1, y=[1, (2,)], z='q')", "0.1*ce+2e-3*focal"]

  /// The loss is made and computed: its parameters are as odd as the notation allows.
  private static let evaluateLoss: @Sendable (Data, FuzzPlace) throws -> String = { input, place in
    let text = String(decoding: input, as: UTF8.self)
    _ = splitLosses(text)
    _ = try place.write(Data("def F(**k): pass\n".utf8), to: "a.py")
    guard case .registered(let notation) = try LossChoice(text, relativeTo: place.folder) else {
      return "PyTorch"
    }
    let specification = try LossSpecification(parsing: notation)
    guard specification.description == notation else { throw Contradiction("normal form") }
    let loss = try LossRegistry.make(specification, classes: 3, classPixels: [5, 0, 2])
    let values: [Float] = [0, 1, -1, 30, -30, 2, 0.5, 0.25, 0, 4, 4, 4]
    let logits = Tensor(Shape(n: 1, h: 2, w: 2, c: 3), values)
    let labels = LabelMap(n: 1, h: 2, w: 2, ids: [0, 2, LabelMap.ignored, 0])
    var state = loss.initialState
    let result = try loss.evaluate(
      LossInput(logits: logits, labels: labels, compute: Compute(threads: 1)), state: &state)
    return "\(specification.terms.map(\.name).prefix(2)) \(result.value.isFinite)"
  }
}

extension FolderDescription {
  fileprivate var places: [URL] {
    switch layout.source {
    case .folders(let pairs): pairs.values.flatMap { [$0.images, $0.labels] }
    case .lists(let files, let root): files.values + [root]
    case .divided(let pair, _): [pair.images, pair.labels]
    }
  }
}

/// A few images in the layout of CamVid.
enum SmallImages {
  static let lists = """
    name: listed
    root: .
    lists: {train: train.txt, validation: val.txt}
    label_type: gray
    classes: [{id: 0, name: a}, {id: 1, name: b}]

    """

  static func write(to place: FuzzPlace) throws {
    guard !FileManager.default.fileExists(atPath: place.file("lists.yml").path) else { return }
    for split in ["train", "val", "test"] {
      for folder in [split, split + "annot"] {
        try AtomicFile.createFolder(place.file(folder))
        for name in ["a1", "b1"] {
          try PNG.writeGray(
            height: 2, width: 2, bytes: [0, 1, 1, 0], to: place.file("\(folder)/\(name).png"))
        }
      }
    }
    _ = try place.write(Data("val/a1.png valannot/a1.png\n".utf8), to: "val.txt")
    _ = try place.write(Data(lists.utf8), to: "lists.yml")
  }
}
