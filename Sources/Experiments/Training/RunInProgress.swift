import Checkpoints
import Files
import Foundation
import Tensors

/// One run that is being trained or evaluated.
final class RunInProgress {
  let configuration: RunConfiguration
  let data: RunData
  let folder: RunFolder
  let compute: Compute
  var environment: RunEnvironment
  let trainer: Trainer
  /// The digest of the lists of images that the run is trained and evaluated on.
  let splitDigest: String
  var history = TrainingHistory()
  /// Training time in earlier sessions of this run.
  var earlierSeconds = 0.0
  let started = ContinuousClock.now
  /// The weights with the best validation mean IoU so far.
  var best: (iteration: Int, meanIoU: Double, weights: [NamedArray])?

  init(
    _ configuration: RunConfiguration, data: RunData, folder: RunFolder, compute: Compute,
    environment: RunEnvironment, torch: TorchLoss?
  ) throws {
    try configuration.training.checkBatch(onRanks: compute.ranks?.count ?? 1)
    self.configuration = configuration
    self.data = data
    self.folder = folder
    self.compute = compute
    self.environment = environment
    self.environment.ranks = compute.ranks?.count
    splitDigest = try data.split.digest
    trainer = try Trainer(configuration, data: data, torch: torch, compute: compute)
  }

  var iterations: Int { configuration.training.iterations }
  var trainingSeconds: Double { earlierSeconds + seconds(since: started) }

  /// Resumes from the folder's checkpoint, if there is one.
  func start(_ pretrained: PretrainedWeights?) throws {
    let checkpoint = try folder.loadCheckpoint()
    if let checkpoint,
      let begunOn = try checkpoint.metadata[MetadataKey.split] ?? folder.looseSplitDigest(),
      try ![splitDigest, data.split.withoutContent.digest].contains(begunOn)
    {
      throw UserError(
        path: folder.url.path,
        problem:
          "was started on different images or labels from the current ones; give the data that "
          + "it was started on, remove the folder, or give a different --output")
    }
    guard let checkpoint else { return try initialize(from: pretrained) }
    do { try restore(checkpoint) } catch {
      throw UserError(
        path: folder.url.path,
        problem: "its checkpoint does not fit (\(oneLine(error))); remove the folder")
    }
  }

  private func initialize(from pretrained: PretrainedWeights?) throws {
    guard let expected = configuration.pretrained else { return }
    guard let pretrained, pretrained.sha256 == expected.sha256 else {
      throw UserError(
        path: folder.url.path,
        problem: "is initialized from the pretrained weights with SHA-256 \(expected.sha256); give "
          + "that file with --pretrained")
    }
    try pretrained.load(into: trainer.network, partial: expected.partial)
  }
}
