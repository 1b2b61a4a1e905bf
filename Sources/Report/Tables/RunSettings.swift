import Datasets
import Experiments
import Files
import Foundation
import Models

/// The settings of runs for programs, by their paths in `run.json`, such as `training.batch`.
enum RunSettings {
  /// Every setting but those that files name otherwise; each is a column of every `runs.csv`.
  static let names = [
    "data.augmentation", "data.crop.largest", "data.crop.smallest", "data.evaluateHeight",
    "data.evaluateLimit", "data.evaluateWidth", "data.folders.classes", "data.folders.ignored",
    "data.folders.labels", "data.folders.minority", "data.folders.split.group",
    "data.folders.split.ratios", "data.folders.split.seed", "data.height",
    "data.normalization.deviation", "data.normalization.mean", "data.render.height",
    "data.render.seed", "data.render.test", "data.render.train", "data.render.validation",
    "data.render.width", "data.scoredSize", "data.source", "data.split", "data.trainLimit",
    "data.void", "data.width", "evaluation.boundary", "evaluation.calibration",
    "evaluation.priorCorrection", "pretrained.partial", "pretrained.sha256", "torch.arguments",
    "torch.name", "torch.sha256", "training.batch", "training.checkpoint", "training.iterations",
    "training.learningRate", "training.optimizer.momentum", "training.optimizer.name",
    "training.optimizer.nesterov", "training.optimizer.weightDecay", "training.schedule.power",
    "training.schedule.shape", "training.schedule.warmup", "training.schedule.warmupFactor",
    "training.syncBatchNorm", "training.validateEvery",
  ]

  /// The path of the images' normalization, whether it is given or computed.
  fileprivate static let normalization = "data.normalization"

  /// The values of anything by their paths.
  fileprivate static func fields(_ value: some Encodable, at path: String = "") -> [String: String]
  {
    guard let json = try? CanonicalJSON.encode(value),
      let tree = try? JSONDecoder().decode(JSONTree.self, from: json)
    else { return [:] }
    return tree.fields(at: path)
  }
}

extension ReportedRun {
  /// The settings with the normalization that the images had.
  var settings: [String: String] {
    let normalization = normalization.map {
      RunSettings.fields($0, at: RunSettings.normalization)
    }
    return configuration.settings.merging(normalization ?? [:]) { $1 }
  }
}

extension RunConfiguration {
  /// The settings by their paths, also those at their defaults; what does not apply is missing.
  var settings: [String: String] {
    var fields = RunSettings.fields(withDefaults)
    fields["data.scoredSize"] = data.scoredSize?.rawValue ?? "input"
    fields["pretrained.sha256"] = pretrained?.sha256 ?? "none"
    fields["pretrained.partial"] = "\(pretrained?.partial ?? false)"
    return fields
  }

  /// The same with defaults in place of nil.
  private var withDefaults: RunConfiguration {
    var all = self
    all.architecture = architecture ?? .deeplabv3
    all.data = data.withDefaults
    all.training.optimizer = (training.optimizer ?? .standard).withDefaults
    all.training.schedule = (training.schedule ?? LearningRateSchedule()).withDefaults
    all.training.syncBatchNorm = training.syncBatchNorm ?? true
    all.evaluation = EvaluationConfiguration(
      priorCorrection: evaluation?.priorCorrection ?? EvaluationConfiguration.standardTaus,
      boundary: evaluation?.boundary ?? false, calibration: evaluation?.calibration ?? false)
    return all
  }
}

extension DataConfiguration {
  fileprivate var withDefaults: DataConfiguration {
    var all = self
    all.void = void ?? .ignored
    // The run's normalization stands for it.
    all.folders?.normalization = nil
    if !seesWholeFiles { (all.evaluateHeight, all.evaluateWidth) = evaluationSize }
    return all
  }
}

extension OptimizerConfiguration {
  fileprivate var withDefaults: OptimizerConfiguration {
    var all = self
    all.momentum = momentum ?? 0
    all.nesterov = nesterov ?? false
    all.weightDecay = weightDecay ?? 0
    return all
  }
}

extension LearningRateSchedule {
  /// The power and the first factor of the warm-up apply only where there is one.
  fileprivate var withDefaults: LearningRateSchedule {
    var all = self
    all.warmup = warmup ?? 0
    if shape == .polynomial { all.power = power ?? Self.standardPower }
    if all.warmup != 0 { all.warmupFactor = warmupFactor ?? Self.standardWarmupFactor }
    return all
  }
}
