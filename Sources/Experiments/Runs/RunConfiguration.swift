import Datasets
import Files
import Foundation
import Models

/// Where a run's images come from.
package enum DataSource: String, Codable, Hashable, Sendable {
  case real, rendered
  /// Files that the user describes; see `FolderRules`.
  case folders
}

/// How a stand-in is rendered; see `Scenes`.
package struct RenderConfiguration: Codable, Hashable, Sendable {
  package var seed: UInt64
  /// The number of images rendered for each split.
  package var train: Int
  package var validation: Int
  package var test: Int
  /// The size of the image files in pixels.
  package var height: Int
  package var width: Int

  package init(seed: UInt64, train: Int, validation: Int, test: Int, height: Int, width: Int) {
    self.seed = seed
    self.train = train
    self.validation = validation
    self.test = test
    self.height = height
    self.width = width
  }
}

/// The data that a run reads, and how it is read.
package struct DataConfiguration: Codable, Hashable, Sendable {
  package var name: DatasetName
  package var source: DataSource
  /// Only for `source: rendered`.
  package var render: RenderConfiguration?
  /// `shuffled` or `blocked` for SYNTHIA; `official` for the others.
  package var split: SplitScheme
  /// The size of the network's input in training, in pixels.
  package var height: Int
  package var width: Int
  package var augmentation: Augmentation
  /// The split whose confusion matrices are stored and reported.
  package var evaluate: Split
  /// The maximum number of images of the training and evaluated splits; nil for all.
  package var trainLimit: Int?
  package var evaluateLimit: Int?
  /// The size at which images are evaluated, in pixels; nil for the training size. The two differ
  /// when training uses crops and evaluation uses whole images.
  package var evaluateHeight: Int?
  package var evaluateWidth: Int?
  /// Nil: predictions are scored at the size at which images are evaluated.
  package var scoredSize: ScoredSize?
  /// Only for `source: folders`.
  package var folders: FolderRules?
  /// Random scales and crops instead of resizing; nil for what `augmentation` names.
  package var crop: CropConfiguration?
  /// `counts` for SYNTHIA with void as a 14th class; nil where void is ignored.
  package var void: VoidRule?

  package init(
    name: DatasetName, source: DataSource, render: RenderConfiguration? = nil, split: SplitScheme,
    height: Int, width: Int, augmentation: Augmentation, evaluate: Split, trainLimit: Int? = nil,
    evaluateLimit: Int? = nil, evaluateHeight: Int? = nil, evaluateWidth: Int? = nil
  ) {
    self.name = name
    self.source = source
    self.render = render
    self.split = split
    self.height = height
    self.width = width
    self.augmentation = augmentation
    self.evaluate = evaluate
    self.trainLimit = trainLimit
    self.evaluateLimit = evaluateLimit
    self.evaluateHeight = evaluateHeight
    self.evaluateWidth = evaluateWidth
  }
}

package struct TrainingConfiguration: Codable, Hashable, Sendable {
  package var iterations: Int
  /// The batch size.
  package var batch: Int
  /// The optimizer's learning rate, which is constant unless there is a schedule.
  package var learningRate: Double
  /// Which weights are evaluated: those after the last iteration, or the best by validation mean
  /// IoU.
  package var checkpoint: CheckpointRule
  /// The number of iterations between evaluations on the validation split; required for `best`.
  /// With `last`, the best weights are also scored, but only in the run's `checkpoints`.
  package var validateEvery: Int?
  /// Nil for Adam without weight decay, so that runs stored before there was a choice keep their
  /// digests.
  package var optimizer: OptimizerConfiguration?
  /// Nil for a constant learning rate without warm-up.
  package var schedule: LearningRateSchedule?
  /// False where each rank of several that train together normalizes its images by their own statistics;
  /// nil for true.
  package var syncBatchNorm: Bool?

  package init(
    iterations: Int, batch: Int, learningRate: Double, checkpoint: CheckpointRule,
    validateEvery: Int? = nil
  ) {
    self.iterations = iterations
    self.batch = batch
    self.learningRate = learningRate
    self.checkpoint = checkpoint
    self.validateEvery = validateEvery
  }
}

package enum CheckpointRule: String, Codable, Hashable, Sendable {
  case last, best

  var other: CheckpointRule { self == .last ? .best : .last }
}

/// The pretrained weights that training starts from. The file is identified by its contents, so
/// that a run is the same wherever the file is stored.
package struct Pretraining: Codable, Hashable, Sendable {
  /// The SHA-256 of the file, 64 hexadecimal digits.
  package var sha256: String
  /// Whether tensors that are missing or do not fit stay randomly initialized.
  package var partial: Bool

  package init(sha256: String, partial: Bool) { (self.sha256, self.partial) = (sha256, partial) }
}

/// Everything that determines a run's numbers, and nothing else: no paths, no thread counts.
/// The digest of its canonical JSON is part of the run's folder name.
package struct RunConfiguration: Codable, Hashable, Sendable {
  package var data: DataConfiguration
  /// Nil for DeepLabV3, so that runs stored before there was a choice keep their digests.
  package var architecture: Architecture?
  package var backbone: Backbone
  /// The channel count relative to the published network; 1 is full width.
  package var width: Double
  /// The loss in normalized notation, such as `focal(gamma: 1)`, or `torch:NAME`.
  package var loss: String
  /// The identity of a loss written in PyTorch; nil for all others.
  package var torch: TorchIdentity?
  package var training: TrainingConfiguration
  package var seed: UInt64
  /// Nil for randomly initialized weights.
  package var pretrained: Pretraining?
  /// Nil for what every run stores.
  package var evaluation: EvaluationConfiguration?

  package init(
    data: DataConfiguration, architecture: Architecture = .deeplabv3, backbone: Backbone,
    width: Double, loss: String, training: TrainingConfiguration, seed: UInt64,
    pretrained: Pretraining? = nil, torch: TorchIdentity? = nil,
    evaluation: EvaluationConfiguration? = nil
  ) {
    self.data = data
    self.architecture = architecture == .deeplabv3 ? nil : architecture
    self.backbone = backbone
    self.width = width
    self.loss = loss
    self.torch = torch
    self.training = training
    self.seed = seed
    self.pretrained = pretrained
    self.evaluation = evaluation
  }
}

extension RunConfiguration {
  /// SHA-256 of the canonical JSON, 64 hexadecimal digits.
  package var digest: String {
    get throws { sha256(try CanonicalJSON.encode(self)) }
  }
}

extension RunConfiguration {
  /// - Throws: `UserError` for a value that no sweep file can give.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    data = try values.decode(DataConfiguration.self, forKey: .data)
    architecture = try values.decodeIfPresent(Architecture.self, forKey: .architecture)
    backbone = try values.decode(Backbone.self, forKey: .backbone)
    width = try values.decode(Double.self, forKey: .width)
    loss = try values.decode(String.self, forKey: .loss)
    torch = try values.decodeIfPresent(TorchIdentity.self, forKey: .torch)
    training = try values.decode(TrainingConfiguration.self, forKey: .training)
    seed = try values.decode(UInt64.self, forKey: .seed)
    pretrained = try values.decodeIfPresent(Pretraining.self, forKey: .pretrained)
    evaluation = try values.decodeIfPresent(EvaluationConfiguration.self, forKey: .evaluation)
    try check()
  }
}
