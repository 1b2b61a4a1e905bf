import Checkpoints
import Datasets
import Experiments
import Files
import Foundation
import Metrics

/// A small stored sweep, of which single files are then replaced.
enum StoredTemplate {
  static func configuration(loss: String, seed: UInt64) -> RunConfiguration {
    var configuration = RunConfiguration(
      data: DataConfiguration(
        name: .camvid, source: .real, split: .official, height: 32, width: 48, augmentation: .flip,
        evaluate: .test),
      backbone: .resnet18, width: 0.0625, loss: loss,
      training: TrainingConfiguration(
        iterations: 10, batch: 4, learningRate: 0.001, checkpoint: .last, validateEvery: 5),
      seed: seed)
    configuration.evaluation = EvaluationConfiguration()
    configuration.evaluation?.priorCorrection = [0.5, 1]
    return configuration
  }

  private static let classes = 11

  private static func matrices(_ add: Int) -> [ConfusionMatrix] {
    (0..<3).map { image in
      ConfusionMatrix(
        classes: classes,
        counts: (0..<classes * classes).map {
          ($0 * 7 + image * 5 + add) % 23 + ($0 % 12 == 0 ? 90 : 0)
        })
    }
  }

  private static func record(_ folder: RunFolder, _ add: Int) throws -> RunRecord {
    let names = ["test/a", "test/b", "test/c"]
    let split = SplitRecord(
      train: ["train/a", "train/b"], evaluated: names,
      trainDigest: digest(ofNames: ["train/a", "train/b"]), evaluatedDigest: digest(ofNames: names),
      trainClassPixels: (1...classes).map { $0 * $0 * 50 })
    let history = [5, 10].map { iteration in
      HistoryEntry(
        iteration: iteration, loss: 1.5 / Double(iteration + add), validationMeanIoU: 0.3,
        validationMeanAccuracy: 0.4, classWeights: (0..<classes).map { Double($0) / 10 },
        falsePositives: (0..<classes).map { Double($0) / 1000 })
    }
    let matrices = matrices(add)
    var record = RunRecord(
      folder: folder.url, configuration: folder.configuration,
      environment: RunEnvironment(
        commit: "abc", compiler: "Swift", operatingSystem: "Linux", cpu: "x", cores: 2, threads: 1,
        blas: "OpenBLAS", started: "2026-01-01T00:00:00Z", trainingSeconds: 1.5,
        evaluationSeconds: 0.25),
      split: split, history: history, confusions: matrices, evaluatedIteration: 10,
      checkpoints: CheckpointScores(
        best: .init(iteration: 5, matrices[0]), last: .init(iteration: 10, matrices[1])),
      predictions: [1: LabelImage(height: 2, width: 3, ids: [0, 1, 2, 3, 4, 10])],
      classWeights: (0..<classes).map { Double($0) / 5 })
    record.corrected = try CorrectedConfusions(
      taus: [0.5, 1], [Self.matrices(add + 1), Self.matrices(add + 2)])
    record.boundaries = (0..<3).map { image in
      BoundaryCounts(
        shared: (0..<classes).map { $0 + image }, truth: (0..<classes).map { 2 * $0 + image },
        predicted: (0..<classes).map { 3 * $0 + image })
    }
    return record
  }

  private static let losses = ["ce", "recall"]

  /// All files by their paths below the sweep's folder, and the name of the first run's folder.
  static let stored = Result { try make() }

  private static func make() throws -> (files: [String: Data], run: String) {
    let place = try FuzzPlace()
    defer { place.remove() }
    let sweep = SweepFolder(place.folder)
    let runs = losses.flatMap { loss in [1, 2].map { configuration(loss: loss, seed: $0) } }
    for (index, run) in runs.enumerated() {
      let folder = try RunFolder(sweep, configuration: run)
      try folder.prepare()
      try folder.finish(record(folder, index))
    }
    let name = try runs[0].runName
    try SweepPlan(name: "fuzz", runs: runs, tuning: tuning(runs)).save(
      to: place.folder, adding: false)
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: place.folder.path) {
      let url = place.file(path)
      if let data = try? Data(contentsOf: url) { files[path] = data }
    }
    return (files, name)
  }

  private static func tuning(_ runs: [RunConfiguration]) -> [TunedLoss] {
    var fixed = runs[0]
    fixed.seed = 0
    let trial = Tuning.Trial(loss: "ce", learningRate: 0.001)
    return [
      TunedLoss(fixed: fixed, trials: [trial], trialSeeds: [9], chosen: trial, seeds: [1, 2])
    ]
  }

  /// A file of the first run.
  static func file(_ name: String) throws -> Data {
    let (files, run) = try stored.get()
    guard let data = files["runs/\(run)/\(name)"] ?? files[name] else {
      throw CocoaError(.fileNoSuchFile)
    }
    return data
  }

  /// A record without what tells that it was changed, as those of earlier versions.
  static func unsealed(_ record: Data) throws -> Data {
    var fields = try JSONSerialization.jsonObject(with: record) as? [String: Any] ?? [:]
    for key in ["seal", "arrays"] { fields[key] = nil }
    return try JSONSerialization.data(
      withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes])
  }
}
