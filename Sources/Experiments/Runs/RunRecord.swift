import Datasets
import Foundation
import Metrics

/// What a run was made by.
package struct RunEnvironment: Codable, Hashable, Sendable {
  /// Git commit of the source tree, with `-dirty` where it had uncommitted changes.
  package var commit: String
  package var compiler: String
  package var operatingSystem: String
  package var cpu: String
  package var cores: Int
  package var threads: Int
  package var blas: String
  /// ISO 8601, UTC.
  package var started: String
  /// Seconds of training over all sessions of the run, and of the evaluation at its end: of two, where
  /// best and last weights are both scored. All else here describes the last session.
  package var trainingSeconds: Double
  package var evaluationSeconds: Double
  /// The name of the file of pretrained weights, which the configuration knows by its digest.
  package var pretrainedFile: String?
  /// Versions of PyTorch and Python, where they computed the loss.
  package var torch: String?
  /// The digest of the source files that decide numbers; nil in records of earlier versions.
  package var code: String?

  package init(
    commit: String, compiler: String, operatingSystem: String, cpu: String, cores: Int,
    threads: Int, blas: String, started: String, trainingSeconds: Double, evaluationSeconds: Double,
    pretrainedFile: String? = nil, torch: String? = nil,
    code: String? = nil
  ) {
    self.commit = commit
    self.compiler = compiler
    self.operatingSystem = operatingSystem
    self.cpu = cpu
    self.cores = cores
    self.threads = threads
    self.blas = blas
    self.started = started
    self.trainingSeconds = trainingSeconds
    self.evaluationSeconds = evaluationSeconds
    self.pretrainedFile = pretrainedFile
    self.torch = torch
    self.code = code
  }
}

/// One line of a run's history.
package struct HistoryEntry: Codable, Hashable, Sendable {
  package var iteration: Int
  /// Mean training loss since the entry before.
  package var loss: Double
  /// Only where the validation split was looked at, fractions.
  package var validationMeanIoU: Double?
  package var validationMeanAccuracy: Double?
  /// Mean weight of each class since the entry before, for losses that weight dynamically;
  /// nil for a class that did not occur.
  package var classWeights: [Double?]?
  /// Of each class in the batch of the entry's last step, before its update: pixels wrongly predicted
  /// as the class, as a share of the batch's valid pixels. Nil in records of earlier versions.
  package var falsePositives: [Double]?

  package init(
    iteration: Int, loss: Double, validationMeanIoU: Double? = nil,
    validationMeanAccuracy: Double? = nil, classWeights: [Double?]? = nil,
    falsePositives: [Double]? = nil
  ) {
    self.iteration = iteration
    self.loss = loss
    self.validationMeanIoU = validationMeanIoU
    self.validationMeanAccuracy = validationMeanAccuracy
    self.classWeights = classWeights
    self.falsePositives = falsePositives
  }
}

/// What the best weights by validation mean IoU and the last ones score on the evaluated split, where
/// the run looked at the validation split.
package struct CheckpointScores: Codable, Hashable, Sendable {
  package struct Score: Codable, Hashable, Sendable {
    /// Iterations done when the weights were taken.
    package var iteration: Int
    /// Fractions; nil where undefined.
    package var meanAccuracy: Double?
    package var meanIoU: Double?

    package init(iteration: Int, _ total: ConfusionMatrix) {
      self.iteration = iteration
      (meanAccuracy, meanIoU) = (total.meanAccuracy, total.meanIoU)
    }
  }

  package var best: Score
  package var last: Score

  package init(best: Score, last: Score) { (self.best, self.last) = (best, last) }
}

/// The images of a run, by name, with a digest for each list.
package struct SplitRecord: Codable, Hashable, Sendable {
  package var train: [String]
  package var evaluated: [String]
  /// SHA-256 of the newline-joined lists.
  package var trainDigest: String
  package var evaluatedDigest: String
  /// Training pixels of each class, at the training size.
  package var trainClassPixels: [Int]
  /// Of the images, where it was counted over those of training.
  package var normalization: Normalization?

  package init(
    train: [String], evaluated: [String], trainDigest: String, evaluatedDigest: String,
    trainClassPixels: [Int], normalization: Normalization? = nil
  ) {
    self.train = train
    self.evaluated = evaluated
    self.trainDigest = trainDigest
    self.evaluatedDigest = evaluatedDigest
    self.trainClassPixels = trainClassPixels
    self.normalization = normalization
  }
}

/// A finished run as stored; all that tables and figures are made from.
package struct RunRecord: Sendable {
  package var folder: URL
  package var configuration: RunConfiguration
  package var environment: RunEnvironment
  package var split: SplitRecord
  package var history: [HistoryEntry]
  /// One per evaluated image, in the order of `split.evaluated`.
  package var confusions: [ConfusionMatrix]
  /// Iterations done when the evaluated weights were taken.
  package var evaluatedIteration: Int
  /// Nil where the validation split was not looked at, and in records of earlier versions.
  package var checkpoints: CheckpointScores?
  /// Predicted training ids, of the evaluated size, by place in `split.evaluated`; none in records
  /// of earlier versions.
  package var predictions: [Int: LabelImage]
  /// The constant weight of each class in the loss, by training id; nil where there is none.
  package var classWeights: [Double]?

  package init(
    folder: URL, configuration: RunConfiguration, environment: RunEnvironment, split: SplitRecord,
    history: [HistoryEntry], confusions: [ConfusionMatrix], evaluatedIteration: Int,
    checkpoints: CheckpointScores? = nil, predictions: [Int: LabelImage] = [:],
    classWeights: [Double]? = nil
  ) {
    self.folder = folder
    self.configuration = configuration
    self.environment = environment
    self.split = split
    self.history = history
    self.confusions = confusions
    self.evaluatedIteration = evaluatedIteration
    self.checkpoints = checkpoints
    self.predictions = predictions
    self.classWeights = classWeights
  }

  /// Of the run's folder.
  package var name: String { folder.lastPathComponent }

  /// The sum over the evaluated images.
  package var confusion: ConfusionMatrix {
    confusions.dropFirst().reduce(confusions[0], +)
  }
}
