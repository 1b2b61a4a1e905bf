import Files

/// The sections of a sweep file and their keys, in the order of docs/sweep-file.md; a test compares
/// the two.
package enum SweepSection: String, CaseIterable, Sendable {
  /// The file itself.
  case file
  case network
  case training
  /// An element of `settings`, which may also have the keys of `training`.
  case settings
  /// A section of `datasets`.
  case dataset
  case render
  case augmentation
  case limits
  case evaluate
  case tune
  case execution

  package var keys: [String] {
    switch self {
    case .file:
      [
        "name", "description", "seeds", "backbones", "losses", "network", "training", "settings",
        "datasets", "evaluate", "execution",
        "tune",
      ]
    case .network: ["architecture", "width", "pretrained", "pretrained_partial"]
    case .training:
      [
        "iterations", "batch", "learning_rate", "checkpoint", "validate_every", "optimizer",
        "momentum", "nesterov", "weight_decay", "schedule", "power", "warmup", "warmup_factor",
        "sync_batch_norm",
      ]
    case .settings: ["backbones", "architecture", "width", "size"]
    case .dataset:
      [
        "source", "render", "split", "size", "augmentation", "evaluate", "evaluate_size", "limits",
        "training", "void", "path",
      ]
    case .render: ["seed", "train", "validation", "test", "height", "width"]
    case .augmentation: ["scale", "flip"]
    case .limits: ["train", "evaluate"]
    case .evaluate: ["prior_correction", "boundary", "calibration"]
    case .tune: ["learning_rate", "parameters", "seeds"]
    case .execution: ["jobs"]
    }
  }

  /// The key that only user-described data sets have.
  package static let description = "folders"
}

extension YAMLValue {
  /// The values of a section, whose keys must all be known.
  func fields(_ section: SweepSection) throws(UserError) -> [String: YAMLValue] {
    try fields(section.keys)
  }
}
