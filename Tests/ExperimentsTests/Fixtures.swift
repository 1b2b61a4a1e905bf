import Checkpoints
import Datasets
import Experiments
import Files
import Foundation
import Metrics

func exampleConfiguration(loss: String = "ce", seed: UInt64 = 1) -> RunConfiguration {
  RunConfiguration(
    data: DataConfiguration(
      name: .synthia, source: .rendered,
      render: RenderConfiguration(
        seed: 3, train: 16, validation: 8, test: 16, height: 64, width: 128),
      split: .shuffled, height: 32, width: 64, augmentation: .none, evaluate: .test),
    backbone: .resnet18, width: 0.25, loss: loss,
    training: TrainingConfiguration(
      iterations: 10, batch: 4, learningRate: 0.001, checkpoint: .last),
    seed: seed)
}

let exampleEnvironment = RunEnvironment(
  commit: "abc", compiler: "Swift", operatingSystem: "Linux", cpu: "x", cores: 2, threads: 1,
  blas: "OpenBLAS", started: "2026-01-01T00:00:00Z", trainingSeconds: 1.5, evaluationSeconds: 0.25)

let exampleHistory = [
  HistoryEntry(iteration: 5, loss: 2.25, classWeights: [0.5, nil, 1]),
  HistoryEntry(iteration: 10, loss: 1.0 / 3, validationMeanIoU: 0.1, validationMeanAccuracy: 0.2),
]

let exampleConfusions = [
  ConfusionMatrix(classes: 2, counts: [5, 1, 0, 7]),
  ConfusionMatrix(classes: 2, counts: [2_000_000, 0, 3, 4]),
]

let exampleSplit = SplitRecord(
  train: ["a", "b"], evaluated: ["c", "d"], trainDigest: "1", evaluatedDigest: "2",
  trainClassPixels: [10, 20])

let examplePredictions = [1: LabelImage(height: 2, width: 3, ids: [0, 1, 1, 0, 1, 0])]

let exampleRecord = RunRecord(
  folder: URL(filePath: "/runs/example"), configuration: exampleConfiguration(),
  environment: exampleEnvironment, split: exampleSplit, history: exampleHistory,
  confusions: exampleConfusions, evaluatedIteration: 10, predictions: examplePredictions,
  classWeights: [0.5, 2])

/// Stores a whole run as training would.
func storeExample(_ folder: RunFolder) throws { try storeExample(folder) { _ in } }

func storeExample(_ folder: RunFolder, changing change: (inout RunRecord) -> Void) throws {
  try folder.prepare()
  try folder.saveWeights([NamedArray(name: "w", shape: [2], values: [1, -0.5])])
  var record = exampleRecord
  (record.folder, record.configuration) = (folder.url, folder.configuration)
  change(&record)
  try folder.finish(record)
}
