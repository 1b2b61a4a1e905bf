import Checkpoints
import Files
import Foundation
import Losses

extension RunInProgress {
  /// What a checkpoint keeps beside the fields of `Checkpoint`.
  enum MetadataKey {
    static let history = "history"
    static let lossState = "loss_state"
    /// The digest of the split. Checkpoints of earlier versions lack it.
    static let split = "split"
  }

  /// The prefix of the best weights among a checkpoint's arrays.
  private static let bestPrefix = "best."

  func restore(_ checkpoint: Checkpoint) throws {
    let stored = Data((checkpoint.metadata[MetadataKey.history] ?? "").utf8)
    history = try CanonicalJSON.decode(TrainingHistory.self, from: stored, of: folder.url)
    guard checkpoint.iteration <= iterations else {
      throw UserError("it counts \(checkpoint.iteration) iterations of \(iterations)")
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
