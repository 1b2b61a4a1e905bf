import Checkpoints
import Datasets
import Files
import Foundation
import Losses
import Models
import Tensors

/// What a bundle holds, for the user.
package struct BundleSummary: Sendable {
  package var runs = 0
  /// The size of all files, in bytes.
  package var bytes = 0
  /// Data sets whose images are not in the bundle, with the size that these would have in bytes.
  package var left: [DatasetName: Int] = [:]
}

extension SweepExecution {
  /// Writes what another machine needs to train the sweep's runs with PyTorch into a new folder.
  ///
  /// - Parameters:
  ///   - folder: must be new or empty.
  ///   - limit: images of a data set that take more bytes than this are not copied, but read from the
  ///     data set's own files there. Rendered images are always copied.
  /// - Throws: `UserError` if the data or the weights cannot be read, if a loss exists only in this
  ///   program, or if a file cannot be written.
  package func bundle(to folder: URL, copyingUpTo limit: Int) throws -> BundleSummary {
    for loss in sweep.losses where LossRegistry.isRegistered(loss) {
      throw UserError(
        "\(loss) is registered by this program and exists only in Swift; write it in PyTorch and give it "
          + "with --torch PATH.py:NAME")
    }
    try createEmpty(folder)
    let writer = BundleWriter(execution: self, folder: folder, limit: limit)
    return try writer.write()
  }

  private func createEmpty(_ folder: URL) throws(UserError) {
    try AtomicFile.createFolder(folder)
    let there = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    guard let there, !there.isEmpty else { return }
    throw UserError(
      path: folder.path,
      problem: "is not empty; name a new folder for the bundle, or remove this one")
  }
}

/// A bundle in the making.
private final class BundleWriter {
  private let execution: SweepExecution
  private let folder: URL
  private let limit: Int
  private let compute: Compute
  private var files: [String: String] = [:]
  private var summary = BundleSummary()
  /// What has been written, by what it was made from.
  private var data: [RunDataCache.Key: (name: String, content: BundledData)] = [:]
  private var stores: Set<String> = []
  private var weights: [WeightsKey: BundleDocument.Weights] = [:]

  /// What initial weights depend on.
  private struct WeightsKey: Hashable {
    let architecture: Architecture?
    let backbone: Backbone
    let width: Double
    let classes: Int
    let seed: UInt64
    let pretrained: Pretraining?

    init(_ run: RunConfiguration, classes: Int) {
      (architecture, backbone, width) = (run.architecture, run.backbone, run.width)
      (seed, pretrained, self.classes) = (run.seed, run.pretrained, classes)
    }
  }

  init(execution: SweepExecution, folder: URL, limit: Int) {
    (self.execution, self.folder, self.limit) = (execution, folder, limit)
    compute = Compute(threads: execution.threads)
  }

  func write() throws -> BundleSummary {
    let datasets = try execution.open(for: execution.runs)
    let pretrained = try execution.loadPretrained(for: execution.runs, datasets)
    let cache = RunDataCache(overflow: execution.data.cache)
    for part in ["data", "stores"] { try AtomicFile.createFolder(folder.appending(path: part)) }
    var opened: [RunDataCache.Key: RunData] = [:]
    for run in execution.runs where opened[.init(run)] == nil {
      guard let dataset = datasets[run.data.name] else { continue }
      opened[.init(run)] = try cache.data(for: run, compute: compute) { dataset }
    }
    findWhatIsLeft(Array(opened.values))
    var runs: [BundleDocument.Run] = []
    for run in execution.runs {
      guard let images = opened[.init(run)] else { continue }
      runs.append(try entry(run, images, pretrained[run.backbone]))
    }
    for (name, content) in data.values { try save(content, as: "data/\(name).json") }
    for (name, content) in EngineSources.files {
      try AtomicFile.write(content, to: folder.appending(path: name))
    }
    let document = BundleDocument(
      sweep: execution.sweep.name, program: program, sources: EngineSources.digests, files: files,
      runs: runs)
    try AtomicFile.write(
      try CanonicalJSON.encode(document, pretty: true) + [0x0a],
      to: folder.appending(path: BundleFolder.document))
    (summary.runs, summary.bytes) = (runs.count, bytes(below: folder))
    return summary
  }

  private var program: BundleDocument.Program {
    let environment = RunEnvironment.current(threads: 1)
    return .init(commit: environment.commit, code: CodeManifest.built.digest)
  }

  /// Which data sets have more images than are copied.
  private func findWhatIsLeft(_ all: [RunData]) {
    var sizes: [DatasetName: Int] = [:]
    var counted: Set<String> = []
    for images in all {
      for (store, read) in images.bundledStores
      where counted.insert(key(store, read, images)).inserted {
        sizes[images.dataset.name, default: 0] += store.imageBytes
      }
    }
    let rendered = Set(execution.runs.filter { $0.data.source == .rendered }.map(\.data.name))
    summary.left = sizes.filter { $0.value > limit && !rendered.contains($0.key) }
  }

  private func entry(
    _ run: RunConfiguration, _ images: RunData, _ pretrained: PretrainedWeights?
  ) throws -> BundleDocument.Run {
    let classes = images.dataset.classes.count
    return BundleDocument.Run(
      name: try run.runName, digest: try run.digest, configuration: run,
      data: try describe(images, of: run), classes: classes,
      weights: try initialWeights(of: run, classes: classes, pretrained),
      check: try check(of: run, images),
      torch: try execution.sweep.torch[run.loss].map(copy))
  }

  /// Writes a few of the run's batches unless another run has the same.
  private func check(of run: RunConfiguration, _ images: RunData) throws -> String {
    let name = data[.init(run)]?.name ?? ""
    let path = "checks/\(name)-s\(run.seed)-b\(run.training.batch).npz"
    if files[path] == nil {
      let batches = BatchCheck(sampler: images.trainingSampler(for: run))
      try save(
        try batches.encoded(of: folder.appending(path: path), compute: compute), as: path)
    }
    return path
  }

  /// Copies a user's loss.
  private func copy(_ file: TorchLossFile) throws -> BundleDocument.Torch {
    let source = try AtomicFile.read(file.url)
    guard sha256(source) == file.identity.sha256 else {
      throw UserError(
        path: file.url.path, problem: "has changed since it was first read; start again")
    }
    let path = "torch/\(file.identity.sha256.prefix(12))/\(file.url.lastPathComponent)"
    try save(source, as: path)
    return .init(path: path)
  }

  private func initialWeights(
    of run: RunConfiguration, classes: Int, _ pretrained: PretrainedWeights?
  ) throws -> BundleDocument.Weights {
    let key = WeightsKey(run, classes: classes)
    if let known = weights[key] { return known }
    let network = run.makeNetwork(classes: classes)
    var entry = BundleDocument.Weights(sha256: "")
    if let pretrained, let expected = run.pretrained {
      let loaded = try pretrained.tensors(loadedInto: network, partial: expected.partial)
      let encoded = try SafeTensors.encoded(loaded, metadata: [:], of: pretrained.url.path)
      entry.pretrained = "weights/\(sha256(encoded).prefix(12)).safetensors"
      entry.file = pretrained.url.lastPathComponent
      try save(encoded, as: entry.pretrained ?? "")
    }
    entry.sha256 = initialWeightsDigest(network.stateDict())
    weights[key] = entry
    return entry
  }

  /// Writes the images of a run unless another run has the same.
  /// - Returns: the name of what describes them.
  private func describe(_ images: RunData, of run: RunConfiguration) throws -> String {
    let key = RunDataCache.Key(run)
    if data[key] == nil {
      let validates = key.needsValidation ? "-validated" : ""
      let digest = sha256(try CanonicalJSON.encode(run.data)).prefix(12)
      data[key] = ("\(run.data.name)-\(digest)\(validates)", try content(images, of: run))
    }
    try addPixels(to: key, images, of: run)
    return data[key]?.name ?? ""
  }

  private func content(_ images: RunData, of run: RunConfiguration) throws -> BundledData {
    BundledData(
      configuration: run.data, split: images.split, splitDigest: try images.split.digest,
      classes: images.dataset.classes.entries.map(\.name), normalization: images.normalization,
      pictured: images.pictured, sizes: .init(images.sizes), height: images.evaluated.height,
      width: images.evaluated.width, boundaryWidth: run.data.boundaryWidth,
      stores: .init(
        train: try write(images.train, .store, images),
        validation: try images.validation.map { try write($0, images.sizes, images) },
        evaluated: try write(images.evaluated, images.sizes, images)))
  }

  /// Adds what only some losses need.
  private func addPixels(
    to key: RunDataCache.Key, _ images: RunData, of run: RunConfiguration
  ) throws {
    let batch = run.training.batch
    guard run.torch == nil,
      try LossSpecification(parsing: run.loss).descriptor.needsValidationPixels,
      data[key]?.content.validationFirstImagePixels?["\(batch)"] == nil
    else { return }
    let pixels = try images.validationFirstImagePixels(batch: batch, compute: compute)
    var known = data[key]?.content.validationFirstImagePixels ?? [:]
    known["\(batch)"] = pixels
    data[key]?.content.validationFirstImagePixels = known
  }

  /// Writes a list of images unless it is there already.
  private func write(
    _ store: ImageStore, _ sizes: EvaluationSampler.Sizes, _ images: RunData
  ) throws -> String {
    let key = key(store, sizes, images)
    guard stores.insert(key).inserted else { return key }
    let isLeft = summary.left[store.dataset.name] != nil
    let writer = BundledStoreWriter(
      store: store, images: isLeft ? .files : .bytes, sizes: sizes,
      root: isLeft ? execution.data.paths[store.dataset.name] : nil)
    let written = try writer.write(to: folder.appending(path: "stores/\(key)"))
    try save(written, as: "stores/\(key).json")
    return key
  }

  /// The same for the same files at the same sizes.
  private func key(
    _ store: ImageStore, _ sizes: EvaluationSampler.Sizes, _ images: RunData
  ) -> String {
    let parts =
      store.items.map(\.image.path)
      + ["\(store.height)x\(store.width)", "\(store.keepsFullSize)", "\(sizes)"]
    return "\(images.dataset.name)-\(digest(ofNames: parts).prefix(12))"
  }

  private func save(_ value: some Encodable, as path: String) throws {
    try save(try CanonicalJSON.encode(value) + [0x0a], as: path)
  }

  private func save(_ content: Data, as path: String) throws {
    let url = folder.appending(path: path)
    try AtomicFile.createFolder(url.deletingLastPathComponent())
    try AtomicFile.write(content, to: url)
    files[path] = sha256(content)
  }
}

extension RunData {
  /// The lists of images with the sizes at which they are read.
  fileprivate var bundledStores: [(ImageStore, EvaluationSampler.Sizes)] {
    [(train, .store), (evaluated, sizes)] + (validation.map { [($0, sizes)] } ?? [])
  }
}

extension ImageStore {
  /// About how many bytes the images take; those that keep their size count as the first one.
  fileprivate var imageBytes: Int {
    let first = items.first.flatMap { PNG.statedSize($0.image) } ?? [height, width]
    let pixels = keepsFullSize ? first[0] * first[1] : height * width
    return 3 * pixels * count
  }
}
