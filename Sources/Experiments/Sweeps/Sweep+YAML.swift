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
    let fields = try root.fields(.file)
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
    let network = try fields["network"]?.fields(.network)
    architecture = try network?["architecture"]?.choice(of: Architecture.allCases) ?? .deeplabv3
    width = try network?["width"]?.positive(upTo: 1) ?? 1
    pretrainedPaths = try network?["pretrained"]?.pretrainedPaths() ?? [:]
    pretrainedPartial = try network?["pretrained_partial"]?.flag() ?? false
    jobs = try fields["execution"]?.fields(.execution)["jobs"]?.integer(in: 1...64) ?? 1

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
    try checkCount()
    try checkSettings()
    if let settings = fields["settings"] { try checkRepeats(settings) }
    tuning = try fields["tune"]?.tuning(of: losses, on: datasets)
    if let value = fields["evaluate"] { try checkBoundaries(value) }
  }

  /// - Throws: `UserError` if two settings lead to the same run.
  private func checkRepeats(_ settings: YAMLValue) throws(UserError) {
    var seen: Set<RunConfiguration> = []
    for run in runs where run.seed == seeds[0] && run.loss == losses[0] {
      guard seen.insert(run).inserted else {
        throw settings.error(
          "two settings train the same run (\(run.label), learning rate "
            + "\(plain(run.training.learningRate))); remove one of them")
      }
    }
  }

  /// - Throws: `UserError` if boundaries are to be counted in images too small for it.
  private func checkBoundaries(_ section: YAMLValue) throws(UserError) {
    for run in runs
    where run.evaluation?.boundary == true && run.data.scoredSize == nil
      && run.data.boundaryWidth == nil
    {
      let (data, value) = (run.data, try section.fields(.evaluate)["boundary"])
      throw (value ?? section).error(
        "boundary: 2 % of the diagonal of \(data.evaluationSize.height) x "
          + "\(data.evaluationSize.width) pixels (\(data.name)) is less than one pixel; evaluate "
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
      paths[backbone] = try value.path()
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
