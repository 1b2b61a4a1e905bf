import Datasets
import Experiments
import Files
import Foundation
import Metrics

/// What the report needs of a finished run.
package struct ReportedRun: Sendable {
  package var configuration: RunConfiguration
  /// The name of the run's folder, where it is known; what tables call the loss may differ from it.
  package var folder: String?
  /// The sum over all evaluated images.
  package var confusion: ConfusionMatrix
  package var evaluatedImages: Int
  /// One matrix for each evaluated image, in the order of the split; empty where only the sum is known.
  package var images: [ConfusionMatrix]
  /// The time of training and evaluation together.
  package var seconds: Double
  /// The name of the file of pretrained weights.
  package var pretrainedFile: String?
  /// The course of training; empty where it is not known.
  package var history: [HistoryEntry]
  package var environment: RunEnvironment?
  /// What the best and the last weights score, where both are known.
  package var checkpoints: CheckpointScores?
  /// The matrices under prior correction, where they are known.
  package var corrected: CorrectedConfusions?
  /// The training pixels of each class, by training id; empty where they are not known.
  package var trainClassPixels: [Int] = []
  /// Pixels near boundaries in all evaluated images; nil where they were not counted.
  package var boundary: BoundaryCounts?
  /// Nil where probabilities were not counted.
  package var calibration: Calibration?
  /// The mean and deviation of the channels; nil where they were computed and are not known.
  package var normalization: Normalization?

  package init(
    configuration: RunConfiguration, confusion: ConfusionMatrix, evaluatedImages: Int,
    seconds: Double, pretrainedFile: String? = nil, images: [ConfusionMatrix] = [],
    history: [HistoryEntry] = []
  ) {
    self.configuration = configuration
    self.confusion = confusion
    self.images = images
    self.history = history
    self.evaluatedImages = evaluatedImages
    self.seconds = seconds
    self.pretrainedFile = pretrainedFile
    normalization = configuration.data.givenNormalization
  }

  /// - Throws: `UserError` if the record holds no confusion matrix, or matrices that differ in size.
  package init(_ record: RunRecord) throws {
    guard let first = record.confusions.first,
      record.confusions.allSatisfy({ $0.classes == first.classes })
    else {
      throw UserError(
        "\(record.folder.path): the stored confusion matrices are missing or differ in size; "
          + "delete this run's folder and run the sweep again")
    }
    self.init(
      configuration: record.configuration, confusion: record.confusion,
      evaluatedImages: record.confusions.count,
      seconds: record.environment.trainingSeconds + record.environment.evaluationSeconds,
      pretrainedFile: record.environment.pretrainedFile, images: record.confusions,
      history: record.history)
    folder = record.name
    (environment, checkpoints) = (record.environment, record.checkpoints)
    trainClassPixels = record.split.trainClassPixels
    normalization = record.split.normalization ?? normalization
    (corrected, calibration) = (record.corrected, record.calibration)
    boundary = record.boundaries.flatMap { images in
      images.first.map { images.dropFirst().reduce($0, +) }
    }
  }
}

/// A run that ended with an error.
package struct FailedRun: Hashable, Sendable {
  package var configuration: RunConfiguration
  /// One line.
  package var reason: String

  package init(configuration: RunConfiguration, reason: String) {
    self.configuration = configuration
    self.reason = reason
  }
}

/// A data set's classes as tables show them.
package struct ReportedClasses: Hashable, Sendable {
  /// In the order of the training ids.
  package var names: [String]
  /// Training ids, in ascending order.
  package var minority: [Int]
  /// Where the choice of minority classes comes from.
  package var minorityRule: String

  package init(names: [String], minority: [Int], minorityRule: String) {
    (self.names, self.minority, self.minorityRule) = (names, minority, minorityRule)
  }

  package init(_ table: ClassTable) {
    self.init(names: table.names, minority: table.minority, minorityRule: table.minorityRule)
  }
}

/// Everything that a sweep's tables and figures are made from.
package struct ReportInput: Sendable {
  /// The sweep's name, such as `quick`.
  package var profile: String
  package var runs: [ReportedRun]
  package var failed: [FailedRun]
  /// Cells of the sweep that should exist; those without a run show as a dash. May be empty.
  package var planned: [RunConfiguration]
  package var classes: [DatasetName: ReportedClasses]
  /// The searches for learning rates and parameters that the runs belong to.
  package var tuning: [TunedLoss] = []
  /// Losses that the scatter rings, in normalized notation.
  package var highlighted: Set<String> = []

  /// How tables name losses that are written in PyTorch.
  private let names: TorchNames

  package init(
    profile: String, runs: [ReportedRun], failed: [FailedRun] = [],
    planned: [RunConfiguration] = [], classes: [DatasetName: ReportedClasses]
  ) {
    self.profile = profile
    names = TorchNames(runs.map(\.configuration) + failed.map(\.configuration) + planned)
    self.runs = runs
    self.failed = failed
    for i in runs.indices { self.runs[i].configuration = names.renamed(runs[i].configuration) }
    for i in failed.indices {
      self.failed[i].configuration = names.renamed(failed[i].configuration)
    }
    self.planned = planned.map(names.renamed)
    self.classes = classes
  }

  /// The name of a run's loss in tables.
  package func displayedLoss(of configuration: RunConfiguration) -> String {
    names.renamed(configuration).loss
  }

  /// - Throws: `UserError` for a record without usable confusion matrices.
  package init(
    profile: String, records: [RunRecord], failed: [FailedRun] = [],
    planned: [RunConfiguration] = [], classes: [DatasetName: ClassTable]
  ) throws {
    self.init(
      profile: profile, runs: try records.map(ReportedRun.init), failed: failed, planned: planned,
      classes: classes.mapValues(ReportedClasses.init))
  }
}
