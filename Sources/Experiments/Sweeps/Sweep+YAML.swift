import Datasets
import Files
import Foundation
import Models

extension Sweep {
  /// Reads a sweep file.
  /// - Throws: `UserError` that names the line and column of the first thing wrong.
  package init(contentsOf url: URL) throws(UserError) {
    let data = try AtomicFile.read(url)
    guard data.count <= 1 << 20, let text = String(data: data, encoding: .utf8) else {
      throw UserError(path: url.relativePath, problem: "is no YAML text of at most 1 MB")
    }
    try self.init(yaml: text, file: url.relativePath)
  }

  /// - Parameter file: what messages call the text.
  package init(yaml: String, file: String) throws(UserError) {
    let root = try YAMLValue.document(yaml, file: file)
    let fields = try root.fields([
      "name", "description", "seeds", "backbones", "losses", "network", "training", "datasets",
      "execution",
    ])
    func required(_ key: String) throws(UserError) -> YAMLValue {
      guard let value = fields[key] else { throw root.error("'\(key)' is missing") }
      return value
    }
    self.file = file
    name = try required("name").text()
    summary = try fields["description"]?.text() ?? ""
    seeds = try required("seeds").list { value throws(UserError) in
      UInt64(try value.integer(in: 0...1 << 53))
    }
    backbones = try required("backbones").list { value throws(UserError) in
      try value.choice(of: Backbone.allCases)
    }
    losses = try required("losses").list { value throws(UserError) in try value.loss() }
    let network = try fields["network"]?.fields([
      "architecture", "width", "pretrained", "pretrained_partial",
    ])
    architecture = try network?["architecture"]?.choice(of: Architecture.allCases) ?? .deeplabv3
    width = try network?["width"]?.positive(upTo: 1) ?? 1
    pretrainedPaths = try network?["pretrained"]?.pretrainedPaths() ?? [:]
    pretrainedPartial = try network?["pretrained_partial"]?.flag() ?? false
    jobs = try fields["execution"]?.fields(["jobs"])["jobs"]?.integer(in: 1...64) ?? 1

    let common = try fields["training"].map { value throws(UserError) in
      try TrainingFields(value)
    }
    let section = try required("datasets")
    let named = try section.fields(DatasetName.allCases.map(\.rawValue))
    datasets = []
    for name in DatasetName.allCases {
      guard let value = named[name.rawValue] else { continue }
      datasets.append(try Entry(name, value, common: common))
    }
    guard !datasets.isEmpty else { throw section.error("datasets must not be empty") }
  }
}

extension YAMLValue {
  /// A file for each backbone, relative to the sweep file's folder.
  fileprivate func pretrainedPaths() throws(UserError) -> [Backbone: URL] {
    var paths: [Backbone: URL] = [:]
    for (name, value) in try fields(Backbone.allCases.map(\.rawValue)) {
      guard let backbone = Backbone(rawValue: name) else { continue }
      let folder = URL(filePath: file).deletingLastPathComponent()
      paths[backbone] = URL(filePath: try value.text(), relativeTo: folder).absoluteURL
    }
    return paths
  }

  fileprivate func loss() throws(UserError) -> String {
    guard case .scalar = node else {
      throw error("a loss with parameters needs quotes, such as \"focal(gamma: 1)\"")
    }
    let notation = try text()
    do { return try normalizedLoss(notation) } catch { throw self.error(error.description) }
  }
}

/// The keys under `training`, of a sweep or of one data set.
private struct TrainingFields {
  var fields: [String: YAMLValue]

  init(_ value: YAMLValue) throws(UserError) {
    fields = try value.fields([
      "iterations", "batch", "learning_rate", "checkpoint", "validate_every",
    ])
  }

  /// - Parameter section: of the data set, for messages about what is missing.
  /// - Returns: the configuration with the first learning rate, and all of them if there is a list.
  func configuration(
    _ section: YAMLValue
  ) throws(UserError) -> (training: TrainingConfiguration, rates: [Double]) {
    func required(_ key: String) throws(UserError) -> YAMLValue {
      guard let value = fields[key] else {
        throw section.error("training.\(key) is missing, here and at the top")
      }
      return value
    }
    let iterations = try required("iterations").integer(in: 1...100_000_000)
    let rule = try fields["checkpoint"]?.choice(of: [CheckpointRule.last, .best]) ?? .last
    let every = try fields["validate_every"]?.integer(in: 1...100_000_000)
    if rule == .best, every == nil, let value = fields["checkpoint"] {
      throw value.error("checkpoint: best needs validate_every, in iterations")
    }
    if let every, every > iterations, let value = fields["validate_every"] {
      throw value.error("validate_every is \(every), more than the \(iterations) iterations")
    }
    let rate = try required("learning_rate")
    let rates =
      if case .sequence = rate.node {
        try rate.list { value throws(UserError) in try value.positive(upTo: 10) }
      } else { [try rate.positive(upTo: 10)] }
    let training = TrainingConfiguration(
      iterations: iterations, batch: try required("batch").integer(in: 2...4096),
      learningRate: rates[0], checkpoint: rule,
      validateEvery: every)
    return (training, rates.count > 1 ? rates : [])
  }
}

extension Sweep.Entry {
  fileprivate init(
    _ name: DatasetName, _ value: YAMLValue, common: TrainingFields?
  ) throws(UserError) {
    let fields = try value.fields([
      "source", "render", "split", "size", "augmentation", "evaluate", "evaluate_size", "limits",
      "training",
    ])
    func required(_ key: String) throws(UserError) -> YAMLValue {
      guard let value = fields[key] else {
        throw value.error("'\(key)' is missing in datasets.\(name)")
      }
      return value
    }
    let source = try required("source")
    data = DataConfiguration(
      name: name, source: try source.choice(of: [DataSource.real, .rendered]), render: nil,
      split: try fields["split"]?.choice(of: name.splits) ?? name.splits[0], height: 0, width: 0,
      augmentation: try fields["augmentation"]?.choice(of: Augmentation.allCases) ?? .none,
      evaluate: try fields["evaluate"]?.choice(of: name.evaluable) ?? name.evaluable[0],
      trainLimit: nil, evaluateLimit: nil)
    (data.height, data.width) = try required("size").extent()
    if let size = try fields["evaluate_size"]?.extent() {
      (data.evaluateHeight, data.evaluateWidth) = size
    }
    if let limits = try fields["limits"]?.fields(["train", "evaluate"]) {
      data.trainLimit = try limits["train"]?.integer(in: 1...100_000_000)
      data.evaluateLimit = try limits["evaluate"]?.integer(in: 1...100_000_000)
    }
    switch (data.source, fields["render"]) {
    case (.rendered, _) where name == .camvid:
      throw source.error("camvid cannot be rendered; use source: real")
    case (.rendered, let render?): data.render = try RenderConfiguration(render)
    case (.rendered, nil): throw source.error("source: rendered needs a 'render' section")
    case (.real, let render?): throw render.error("'render' is only for source: rendered")
    case (.real, nil): break
    }
    var training = common
    if let own = fields["training"] {
      let own = try TrainingFields(own)
      training = training ?? own
      training?.fields.merge(own.fields) { $1 }
    }
    guard let training else { throw value.error("'training' is missing, here and at the top") }
    (self.training, learningRates) = try training.configuration(value)
  }
}

extension RenderConfiguration {
  fileprivate init(_ value: YAMLValue) throws(UserError) {
    let keys = ["seed", "train", "validation", "test", "height", "width"]
    let fields = try value.fields(keys)
    func integer(_ key: String, in range: ClosedRange<Int>) throws(UserError) -> Int {
      guard let field = fields[key] else {
        throw value.error("'\(key)' is missing in render; it needs \(keys.joined(separator: ", "))")
      }
      return try field.integer(in: range)
    }
    self.init(
      seed: UInt64(try integer("seed", in: 0...1 << 53)),
      train: try integer("train", in: 1...1_000_000),
      validation: try integer("validation", in: 1...1_000_000),
      test: try integer("test", in: 1...1_000_000),
      height: try integer("height", in: 16...4096), width: try integer("width", in: 16...4096))
  }
}

extension DatasetName {
  /// The splits there are; the first is the default.
  package var splits: [SplitScheme] { self == .synthia ? [.shuffled, .blocked] : [.official] }

  /// The splits with labels to evaluate on; the first is the default.
  package var evaluable: [Split] {
    self == .cityscapes ? [.validation, .train] : [.test, .validation, .train]
  }
}

extension YAMLValue {
  /// `[height, width]` in pixels.
  fileprivate func extent() throws(UserError) -> (height: Int, width: Int) {
    guard case .sequence(let sequence) = node, sequence.count == 2 else {
      throw mismatch("[height, width] in pixels")
    }
    func pixels(_ index: Int) throws(UserError) -> Int {
      try YAMLValue(node: sequence[index], file: file, name: name, parent: parent)
        .integer(in: 16...4096)
    }
    return (try pixels(0), try pixels(1))
  }
}
