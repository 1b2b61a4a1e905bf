import Datasets
import Files
import Foundation
import Synchronization
import Tensors

/// The images that a run is trained and evaluated on, shared by all runs with one data
/// configuration.
package struct RunData: Sendable {
  package let dataset: any Dataset
  let train: ImageStore
  let evaluated: ImageStore
  /// The validation split, if the configuration evaluates on it during training.
  let validation: ImageStore?
  package let split: SplitRecord
  package let normalization: Normalization
  let sizes: EvaluationSampler.Sizes
  /// Ascending indices in the evaluated split of the images whose predictions a run keeps. The
  /// split is divided into four equal segments, so that a video does not give four similar images,
  /// and the image with the most minority-class pixels is taken from each.
  package let pictured: [Int]

  /// Lists the images, computes digests of the lists and counts the training pixels of each class.
  ///
  /// - Parameters:
  ///   - needsValidation: also load the validation split.
  ///   - normalization: the normalization of an earlier run; if nil, the configuration's, computed
  ///     from the training images if necessary.
  ///   - trains: whether the training images are read, too, to record what they hold.
  ///   - overflow: where decoded images are kept that do not fit in memory; nil: nowhere.
  /// - Throws: `UserError` for any problem with the files.
  package init(
    _ configuration: DataConfiguration, dataset: any Dataset, needsValidation: Bool,
    normalization: Normalization? = nil, trains: Bool = true, overflow: URL? = nil,
    compute: Compute
  ) throws {
    func items(_ split: Split, limit: Int?) throws -> [Item] {
      let all = try dataset.items(split)
      return limit.map { Self.spread(all, $0) } ?? all
    }
    let c = configuration
    let trainItems = try items(.train, limit: c.trainLimit)
    let evaluatedItems = try items(c.evaluate, limit: c.evaluateLimit)
    let (height, width) = c.evaluationSize
    self.dataset = dataset
    sizes = c.evaluationSizes
    train = ImageStore(
      dataset: dataset, items: trainItems, height: c.height, width: c.width,
      keepsFullSize: c.augmentation == .cityscapes || c.crop != nil, overflow: overflow)
    evaluated = ImageStore(
      dataset: dataset, items: evaluatedItems, height: height, width: width, overflow: overflow)
    if !needsValidation {
      validation = nil
    } else if c.evaluate == .validation && c.evaluateLimit == nil {
      validation = evaluated
    } else {
      validation = ImageStore(
        dataset: dataset, items: try items(.validation, limit: nil), height: height, width: width,
        overflow: overflow)
    }
    // A damaged file should stop a run before training, not after it.
    if let validation {
      try compute.parallelTry(validation.count) { _ = try validation.sample($0) }
      try Self.requireLabels(
        classPixels(of: validation, compute: compute), validation, .validation)
    }
    // Reads every image and label, before anything is computed from them.
    let content = try SplitContent(
      train: trains ? train : nil, evaluated: evaluated,
      validation: validation === evaluated ? nil : validation,
      compute)
    let pixels = try classPixels(of: train, compute: compute)
    try Self.requireLabels(pixels, train, .train)
    pictured = try Self.pictured(evaluated, dataset.classes.counted(pixels), compute)
    try Self.requireLabels(
      classPixels(of: evaluated, compute: compute), evaluated, c.evaluate)
    let given = configuration.givenNormalization
    self.normalization =
      try normalization ?? given ?? Normalization(counting: train, compute: compute)
    split = SplitRecord(
      train: trainItems.map(\.name), evaluated: evaluatedItems.map(\.name),
      trainDigest: digest(ofNames: trainItems.map(\.name)),
      evaluatedDigest: digest(ofNames: evaluatedItems.map(\.name)),
      trainClassPixels: pixels, normalization: given == nil ? self.normalization : nil,
      content: content)
  }

  /// - Throws: `UserError` if no pixel of a split has a class: there is nothing to learn or to score.
  private static func requireLabels(
    _ pixels: [Int], _ store: ImageStore, _ split: Split
  ) throws {
    guard pixels.allSatisfy({ $0 == 0 }), let first = store.items.first else { return }
    let (dataset, size) = (store.dataset, "\(store.width) x \(store.height)")
    let isVoid = try store.items.allSatisfy {
      try dataset.readLabels($0).ids.allSatisfy { $0 == LabelMap.ignored }
    }
    throw UserError(
      path: first.label.path,
      problem: isVoid
        ? "and the other label files of the \(split) split are void: no pixel has a class of "
          + "\(dataset.name); look at them with: recallbench data inspect"
        : "and the other label files of the \(split) split are void at \(size) pixels, the size of the "
          + "sweep: what has a class of \(dataset.name) vanishes when they are resized; raise the size"
    )
  }

  /// The images of a split as they are evaluated.
  func sampler(_ store: ImageStore) -> EvaluationSampler {
    EvaluationSampler(store: store, normalization: normalization, sizes: sizes)
  }

  private static func pictured(
    _ store: ImageStore, _ classes: ClassTable, _ compute: Compute
  ) throws -> [Int] {
    let isMinority = (0...255).map { id in
      id < classes.count && classes.entries[id].isMinority ? 1 : 0
    }
    let counts = Mutex([Int](repeating: 0, count: store.count))
    try compute.parallelTry(store.count) { index in
      let ids = try store.sample(index).labels.ids
      let count = ids.reduce(0) { $0 + isMinority[Int($1)] }
      counts.withLock { $0[index] = count }
    }
    return stretches(counts.withLock { $0 }, 4)
  }

  /// Returns the index of the largest value in each of `count` equal segments, the first on ties.
  static func stretches(_ values: [Int], _ count: Int) -> [Int] {
    (0..<count).compactMap { part in
      let stretch = part * values.count / count..<(part + 1) * values.count / count
      return stretch.max { (values[$0], $1) < (values[$1], $0) }
    }
  }

  /// Returns `limit` evenly spaced items, so that a limited split still covers the whole data set.
  static func spread<Element>(_ items: [Element], _ limit: Int) -> [Element] {
    guard limit < items.count else { return items }
    return (0..<limit).map { items[$0 * items.count / limit] }
  }
}

/// Opens each data configuration only once for all runs of a sweep.
package final class RunDataCache: Sendable {
  struct Key: Hashable {
    var data: DataConfiguration
    var needsValidation: Bool

    init(_ run: RunConfiguration) {
      (data, needsValidation) = (run.data, run.training.validateEvery != nil)
    }
  }
  private let kept = Mutex<[Key: RunData]>([:])
  private let overflow: URL?

  /// - Parameter overflow: where decoded images are kept that do not fit in memory; nil: nowhere.
  package init(overflow: URL? = nil) { self.overflow = overflow }

  /// - Parameter open: opens the data set on disk; called once per configuration.
  package func data(
    for configuration: RunConfiguration, compute: Compute, open: () throws -> any Dataset
  ) throws -> RunData {
    let key = Key(configuration)
    // Hold the lock while reading, so that a second run waits instead of decoding the same files.
    return try kept.withLock { kept in
      if let data = kept[key] { return data }
      let data = try RunData(
        configuration.data, dataset: open(), needsValidation: key.needsValidation,
        overflow: overflow, compute: compute)
      kept[key] = data
      return data
    }
  }
}
