import Datasets
import Foundation
import Metrics

/// The environment that produced a run.
package struct RunEnvironment: Codable, Hashable, Sendable {
  /// The git commit of the source tree, with `-dirty` if there were uncommitted changes.
  package var commit: String
  package var compiler: String
  package var operatingSystem: String
  package var cpu: String
  package var cores: Int
  /// Of each rank.
  package var threads: Int
  /// The processes that trained the network together; nil for one.
  package var ranks: Int?
  package var blas: String
  /// ISO 8601, UTC.
  package var started: String
  /// Seconds spent on training over all sessions of the run, and on the final evaluation (or two
  /// evaluations, if the best and last weights are both scored). All other fields describe the last
  /// session.
  package var trainingSeconds: Double
  package var evaluationSeconds: Double
  /// The name of the pretrained weights file, which the configuration identifies by its digest.
  package var pretrainedFile: String?
  /// The versions of PyTorch and Python, if they computed the loss.
  package var torch: String?
  /// What trained the run instead of this program, which then did not decide its numbers; nil for this
  /// program. `commit` is that of the program that prepared the run.
  package var engine: TrainingEngine?
  /// The digest of the source files that determine numbers; nil in records from earlier versions.
  package var code: String?
  /// The XXH64 of the program, where losses of another package are registered, which `code` does not
  /// cover; nil for `recallbench` itself, and in records from earlier versions.
  package var program: String?
  /// OpenBLAS's kernels for products, such as `Cooperlake`; in records from earlier versions, only the
  /// end of `blas` says it.
  package var blasKernel: String?
  /// The kernels that OpenBLAS had chosen, where this program chose others.
  package var blasKernelReplaced: String?
  /// Floats that our own kernels work on at a time; nil in records from earlier versions.
  package var lanes: Int?
  /// The CPU's vector instructions, such as `AVX-512`; nil where they are not known, and in records from
  /// earlier versions.
  package var vectors: String?

  package init(
    commit: String, compiler: String, operatingSystem: String, cpu: String, cores: Int,
    threads: Int, blas: String, started: String, trainingSeconds: Double, evaluationSeconds: Double,
    pretrainedFile: String? = nil, torch: String? = nil,
    code: String? = nil, program: String? = nil
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
    self.program = program
  }
}

/// One line of a run's history.
package struct HistoryEntry: Codable, Hashable, Sendable {
  package var iteration: Int
  /// The mean training loss since the previous entry.
  package var loss: Double
  /// Validation scores as fractions; nil if the entry has no validation.
  package var validationMeanIoU: Double?
  package var validationMeanAccuracy: Double?
  /// The mean weight of each class since the previous entry, for losses with dynamic weights;
  /// nil for a class that did not occur.
  package var classWeights: [Double?]?
  /// The false positives of each class in the batch of the entry's last step, before its update, as
  /// a fraction of the batch's valid pixels. Nil in records from earlier versions.
  package var falsePositives: [Double]?
  /// Batches since the previous entry in which no pixel was labeled, from which nothing was learned; nil
  /// if there were none.
  package var unlabeledBatches: Int?

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

/// The scores on the evaluated split of the best weights by validation mean IoU and of the last
/// weights, if the run was validated during training.
package struct CheckpointScores: Codable, Hashable, Sendable {
  package struct Score: Codable, Hashable, Sendable {
    /// The number of iterations done when the weights were saved.
    package var iteration: Int
    /// Scores as fractions; nil where undefined.
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

/// The names of a run's images, with a digest for each list.
package struct SplitRecord: Codable, Hashable, Sendable {
  package var train: [String]
  package var evaluated: [String]
  /// The SHA-256 digests of the newline-joined lists.
  package var trainDigest: String
  package var evaluatedDigest: String
  /// The number of training pixels of each class, at the training size.
  package var trainClassPixels: [Int]
  /// The normalization of the images, if it was computed from the training images.
  package var normalization: Normalization?
  /// What the images and labels held; nil in records from earlier versions.
  package var content: SplitContent?

  package init(
    train: [String], evaluated: [String], trainDigest: String, evaluatedDigest: String,
    trainClassPixels: [Int], normalization: Normalization? = nil, content: SplitContent? = nil
  ) {
    self.train = train
    self.evaluated = evaluated
    self.trainDigest = trainDigest
    self.evaluatedDigest = evaluatedDigest
    self.trainClassPixels = trainClassPixels
    self.normalization = normalization
    self.content = content
  }
}

/// A finished run as stored; the source of all tables and figures.
package struct RunRecord: Sendable {
  package var folder: URL
  package var configuration: RunConfiguration
  package var environment: RunEnvironment
  package var split: SplitRecord
  package var history: [HistoryEntry]
  /// One confusion matrix per evaluated image, in the order of `split.evaluated`.
  package var confusions: [ConfusionMatrix]
  /// The number of iterations done when the evaluated weights were saved.
  package var evaluatedIteration: Int
  /// Nil if the run was not validated during training, and in records from earlier versions.
  package var checkpoints: CheckpointScores?
  /// Predicted training ids, at the size at which images are evaluated (not the files' own, where
  /// they are scored at that), by index in `split.evaluated`; empty in
  /// records from earlier versions.
  package var predictions: [Int: LabelImage]
  /// The constant weight of each class in the loss, by training id; nil if there are none.
  package var classWeights: [Double]?
  /// The matrices under prior correction; nil in records from earlier versions.
  package var corrected: CorrectedConfusions?
  /// Boundary pixels of each evaluated image; nil where they were not counted.
  package var boundaries: [BoundaryCounts]?
  /// The probabilities of all evaluated images; nil where they were not counted.
  package var calibration: Calibration?
  /// The seal of the weights (see `seal`); nil in records from earlier versions.
  package var weightsSeal: String?
  /// Whether the stored files had digests to compare them with, which earlier versions did not write.
  package var isSealed = false

  package init(
    folder: URL, configuration: RunConfiguration, environment: RunEnvironment, split: SplitRecord,
    history: [HistoryEntry], confusions: [ConfusionMatrix], evaluatedIteration: Int,
    checkpoints: CheckpointScores? = nil, predictions: [Int: LabelImage] = [:],
    classWeights: [Double]? = nil, corrected: CorrectedConfusions? = nil,
    boundaries: [BoundaryCounts]? = nil, calibration: Calibration? = nil
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
    self.corrected = corrected
    self.boundaries = boundaries
    self.calibration = calibration
  }

  /// The name of the run's folder.
  package var name: String { folder.lastPathComponent }

  /// The sum of the confusion matrices of the evaluated images.
  package var confusion: ConfusionMatrix {
    confusions.dropFirst().reduce(confusions[0], +)
  }
}
