import Files
import Foundation

/// Everything of a finished run except its arrays and its history: the contents of `run.json`, or
/// one line of `runs.jsonl`.
struct RunManifest: Codable, Hashable, Sendable {
  /// The name of the run's folder.
  var run: String
  var configuration: RunConfiguration
  var environment: RunEnvironment
  /// The digest under which the split is stored.
  var split: String
  var classWeights: [Double]?
  var evaluatedIteration: Int
  var checkpoints: CheckpointScores?
  /// The strengths of prior correction for which the arrays have matrices.
  var priorTaus: [Double]?
  /// The XXH64 of each array file, by its name in the archive; nil in runs from earlier versions, as
  /// are the two below.
  var arrays: [String: String]?
  /// The seal of the weights.
  var weights: String?
  /// The SHA-256 of everything else here.
  var seal: String?

  init(_ record: RunRecord, split: String) throws {
    run = try record.configuration.runName
    configuration = record.configuration
    environment = record.environment
    self.split = split
    classWeights = record.classWeights
    evaluatedIteration = record.evaluatedIteration
    checkpoints = record.checkpoints
    priorTaus = record.corrected?.taus
    weights = record.weightsSeal
  }

  func record(_ folder: URL, split: SplitRecord, arrays: RunArrays) -> RunRecord {
    var record = RunRecord(
      folder: folder, configuration: configuration, environment: environment, split: split,
      history: arrays.history, confusions: arrays.confusions,
      evaluatedIteration: evaluatedIteration, checkpoints: checkpoints,
      predictions: arrays.predictions.filter { split.evaluated.indices.contains($0.key) },
      classWeights: classWeights, corrected: arrays.corrected,
      boundaries: arrays.boundaries, calibration: arrays.calibration)
    (record.weightsSeal, record.isSealed) = (weights, seal != nil)
    return record
  }
}
