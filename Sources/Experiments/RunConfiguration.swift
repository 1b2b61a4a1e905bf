import Datasets
import Foundation

package enum Backbone: String, Codable, Hashable, Sendable, CaseIterable {
  case resnet18, resnet101
}

/// Where a run's images come from.
package enum DataSource: String, Codable, Hashable, Sendable { case real, rendered }

/// How a rendered stand-in is drawn; see `Scenes`.
package struct RenderConfiguration: Codable, Hashable, Sendable {
  package var seed: UInt64
  /// Images drawn for each split.
  package var train: Int
  package var validation: Int
  package var test: Int
  /// Pixels of the files on disk.
  package var height: Int
  package var width: Int
}

/// Which data a run reads and how.
package struct DataConfiguration: Codable, Hashable, Sendable {
  package var name: DatasetName
  package var source: DataSource
  /// Only for `source: rendered`.
  package var render: RenderConfiguration?
  /// `shuffled` or `blocked` for SYNTHIA; `official` for the others.
  package var split: SplitScheme
  /// The network's input in training, pixels.
  package var height: Int
  package var width: Int
  package var augmentation: Augmentation
  /// The split whose confusion matrices are stored and reported.
  package var evaluate: Split
  /// At most this many images of the training and of the evaluated split; nil: all.
  package var trainLimit: Int?
  package var evaluateLimit: Int?
  /// The extent at which images are evaluated, pixels; nil: the training extent. They differ where
  /// training sees crops and evaluation whole images.
  package var evaluateHeight: Int?
  package var evaluateWidth: Int?
}

package struct TrainingConfiguration: Codable, Hashable, Sendable {
  package var iterations: Int
  /// Images a step.
  package var batch: Int
  /// Adam's, constant.
  package var learningRate: Double
  /// Which weights are evaluated: those after the last iteration, or the best by validation mIoU.
  package var checkpoint: CheckpointRule
  /// Iterations from one look at the validation split to the next; needed for `best`.
  package var validateEvery: Int?
}

package enum CheckpointRule: String, Codable, Hashable, Sendable { case last, best }

/// Everything that determines a run's numbers, and nothing else: no path, no thread count.
/// Its canonical JSON is digested into the run's folder name.
package struct RunConfiguration: Codable, Hashable, Sendable {
  package var data: DataConfiguration
  package var backbone: Backbone
  /// Channels relative to the published network; 1 is full width.
  package var width: Double
  /// Normalised notation, such as `focal(gamma: 1)`.
  package var loss: String
  package var training: TrainingConfiguration
  package var seed: UInt64
}
