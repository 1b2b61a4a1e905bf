import Files
import Foundation
import Metrics
import Tensors

extension RunRecord {
  /// The results that differ from another training of the same configuration; empty if they are
  /// bit-identical. The environment, including its times, is not compared.
  package func differences(from other: RunRecord) -> [String] {
    let image = zip(confusions, other.confusions).enumerated().first { $1.0 != $1.1 }?.offset
    let entry = zip(history, other.history).first { $0.0 != $0.1 }?.0
    let parts: [(name: String, isSame: Bool)] = [
      (
        "the split",
        split.withoutContent == other.split.withoutContent
          && RunImages(self).difference(from: RunImages(other)) == nil
      ),
      ("the class weights", classWeights == other.classWeights),
      ("the history from iteration \(entry?.iteration ?? 0)", history == other.history),
      ("the evaluated iteration", evaluatedIteration == other.evaluatedIteration),
      ("the scores of best and last weights", checkpoints == other.checkpoints),
      ("the confusion matrices from image \(image ?? 0)", confusions == other.confusions),
      (
        "the corrected confusion matrices",
        corrected == nil || other.corrected == nil || corrected == other.corrected
      ),
      ("the boundary pixels", boundaries == other.boundaries),
      ("the calibration", calibration == other.calibration),
      ("the kept predictions", predictions == other.predictions),
    ]
    return parts.filter { !$0.isSame }.map(\.name)
  }
}

extension SweepFolder {
  /// Trains the configuration of a stored run again, into this folder.
  ///
  /// - Throws: `UserError` if the run starts from pretrained weights or its loss is written in
  ///   PyTorch, since their files are not stored with it, or if the data cannot be read.
  package func train(
    again stored: RunRecord, data: DataFolders, threads: Int,
    progress: (RunProgress) -> Void = { _ in }, isInterrupted: () -> Bool = { false }
  ) throws -> RunRecord {
    let configuration = stored.configuration
    guard configuration.pretrained == nil, configuration.torch == nil else {
      throw UserError(
        path: stored.folder.path,
        problem: "needs a file that is not stored with it (pretrained weights, or a loss in "
          + "PyTorch); give the file to \"train\" instead")
    }
    let folder = try RunFolder(self, configuration: configuration)
    try folder.prepare()
    let compute = Compute(threads: threads)
    let images = try RunData(
      configuration.data, dataset: data.open(configuration.data, compute: compute),
      needsValidation: configuration.training.validateEvery != nil, compute: compute)
    try trainRun(
      configuration, data: images, folder: folder, compute: compute,
      checkpointEverySeconds: .infinity, environment: .current(threads: threads),
      progress: progress, isInterrupted: isInterrupted)
    return try RunFolder.load(folder.url)
  }
}
