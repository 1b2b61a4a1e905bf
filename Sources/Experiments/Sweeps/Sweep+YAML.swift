import Datasets
import Files
import Foundation
import Models

extension Sweep {
  /// Reads a sweep file.
  /// - Throws: `UserError` giving the line and column of the first error.
  package init(contentsOf url: URL) throws(UserError) {
    try self.init(YAMLValue.document(url))
  }

  /// - Parameter file: the name of the text in messages.
  package init(yaml: String, file: String) throws(UserError) {
    try self.init(YAMLValue.document(yaml, file: file))
  }

  private init(_ root: YAMLValue) throws(UserError) {
    let fields = try root.fields([
      "name", "description", "seeds", "backbones", "losses", "network", "training", "settings",
      "datasets", "evaluate", "execution",
      "tune",
    ])
    func required(_ key: String) throws(UserError) -> YAMLValue {
      guard let value = fields[key] else { throw root.error("'\(key)' is missing") }
      return value
    }
    file = root.file
    name = try required("name").text()
    summary = try fields["description"]?.text() ?? ""
    seeds = try required("seeds").list { value throws(UserError) in
      UInt64(try value.integer(in: 0...1 << 53))
    }
    backbones = try required("backbones").list { value throws(UserError) in
      try value.choice(of: Backbone.allCases)
    }
    let choices = try required("losses").list { value throws(UserError) in try value.loss() }
    losses = choices.map(\.notation)
    do throws(UserError) { torch = try choices.torchFiles } catch {
      throw try required("losses").error(error.description)
    }
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
    evaluation = try fields["evaluate"]?.evaluation()
    var trainings: [TrainingFields] = []
    for element in try fields["settings"]?.elements() ?? [] {
      let (setting, training) = try element.setting()
      settings.append(setting)
      trainings.append(training)
    }
    let section = try required("datasets")
    datasets = try section.datasets(common, settings: trainings)
    guard !datasets.isEmpty else { throw section.error("datasets must not be empty") }
    try checkSettings()
    tuning = try fields["tune"]?.tuning(of: losses, on: datasets)
    if let value = fields["evaluate"] { try checkBoundaries(value) }
  }

  /// - Throws: `UserError` if boundaries are to be counted in images too small for it.
  private func checkBoundaries(_ section: YAMLValue) throws(UserError) {
    for run in runs where run.evaluation?.boundary == true && run.data.boundaryWidth == nil {
      let (data, value) = (run.data, try section.fields(EvaluationConfiguration.keys)["boundary"])
      throw (value ?? section).error(
        "boundary: 2 % of the diagonal of \(data.evaluateHeight ?? data.height) x "
          + "\(data.evaluateWidth ?? data.width) pixels (\(data.name)) is less than one pixel; evaluate "
          + "at a larger size, or leave 'boundary' out")
    }
  }
}

extension YAMLValue {
  /// Reads a path for each backbone, relative to the sweep file's folder.
  fileprivate func pretrainedPaths() throws(UserError) -> [Backbone: URL] {
    var paths: [Backbone: URL] = [:]
    for (name, value) in try fields(Backbone.allCases.map(\.rawValue)) {
      guard let backbone = Backbone(rawValue: name) else { continue }
      let folder = URL(filePath: file).deletingLastPathComponent()
      paths[backbone] = URL(filePath: try value.text(), relativeTo: folder).absoluteURL
    }
    return paths
  }

  /// Reads a loss. The path of a Python file is relative to the sweep file's folder.
  fileprivate func loss() throws(UserError) -> LossChoice {
    guard case .scalar = node else {
      throw error("a loss with parameters needs quotes, such as \"focal(gamma: 1)\"")
    }
    let (notation, folder) = (try text(), URL(filePath: file).deletingLastPathComponent())
    do { return try LossChoice(notation, relativeTo: folder) } catch {
      throw self.error(error.description)
    }
  }
}

/// The fields under `training`, of a sweep or of one data set.
struct TrainingFields {
  static let keys = ["iterations", "batch", "learning_rate", "checkpoint", "validate_every"]

  var fields: [String: YAMLValue]

  init(fields: [String: YAMLValue]) { self.fields = fields }

  init(_ value: YAMLValue) throws(UserError) { fields = try value.fields(Self.keys) }

  /// These fields, and those of `other` in place of them.
  func merged(_ other: TrainingFields) -> TrainingFields {
    TrainingFields(fields: fields.merging(other.fields) { $1 })
  }

  /// - Parameter section: the data set's section, for messages about missing fields.
  /// - Returns: the configuration with the first learning rate, and all rates if there are several.
  func configuration(_ section: YAMLValue) throws(UserError) -> TrainingRates {
    func required(_ key: String) throws(UserError) -> YAMLValue {
      guard let value = fields[key] else {
        throw section.error("training.\(key) is missing, both here and at the top level")
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
    return TrainingRates(training: training, rates: rates.count > 1 ? rates : [])
  }
}
