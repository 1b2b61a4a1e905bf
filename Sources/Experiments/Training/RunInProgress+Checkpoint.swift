import Checkpoints
import Files
import Foundation
import Losses

extension RunInProgress {
  /// The keys of a checkpoint's `metadata`.
  enum MetadataKey {
    static let history = "history"
    static let lossState = "loss_state"
    /// The digest of the split; missing in checkpoints from earlier versions.
    static let split = "split"
  }

  /// The name prefix of the best weights in a checkpoint's arrays.
  private static let bestPrefix = "best."

  func restore(_ checkpoint: Checkpoint) throws {
    let stored = Data((checkpoint.metadata[MetadataKey.history] ?? "").utf8)
    history = try CanonicalJSON.decode(TrainingHistory.self, from: stored, of: folder.url)
    guard checkpoint.iteration <= iterations else {
      throw UserError("it is at iteration \(checkpoint.iteration) of \(iterations)")
    }
    try trainer.restore(
      checkpoint.arrays,
      lossState: LossState(checkpointed: checkpoint.metadata[MetadataKey.lossState]),
      iteration: checkpoint.iteration)
    earlierSeconds = checkpoint.trainingSeconds
    if let iteration = checkpoint.bestIteration, let meanIoU = checkpoint.bestMeanIoU {
      let weights = checkpoint.arrays.filter { $0.name.hasPrefix(Self.bestPrefix) }.map {
        NamedArray(
          name: String($0.name.dropFirst(Self.bestPrefix.count)), shape: $0.shape, values: $0.values
        )
      }
      best = (iteration, meanIoU, weights)
    }
  }

  func saveCheckpoint() throws {
    let kept = (best?.weights ?? []).map {
      NamedArray(name: Self.bestPrefix + $0.name, shape: $0.shape, values: $0.values)
    }
    let text = String(decoding: try CanonicalJSON.encode(history), as: UTF8.self)
    try folder.saveCheckpoint(
      Checkpoint(
        iteration: trainer.iteration, arrays: trainer.snapshot() + kept, history: history.entries,
        trainingSeconds: trainingSeconds, bestIteration: best?.iteration,
        bestMeanIoU: best?.meanIoU,
        metadata: [
          MetadataKey.history: text, MetadataKey.lossState: trainer.lossState.checkpointed,
          MetadataKey.split: splitDigest,
        ]))
  }
}
