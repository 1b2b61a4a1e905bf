import Datasets
import Files
import Foundation
import Tensors

extension RunInProgress {
  func train(
    checkpointEverySeconds: Double, progress: (RunProgress) -> Void, isInterrupted: () -> Bool
  ) throws {
    let training = configuration.training
    guard trainer.iteration < iterations else { return }
    let sampler = TrainingSampler(
      store: data.train, augmentation: configuration.data.augmentation,
      crop: configuration.data.scaleAndCrop, height: configuration.data.height,
      width: configuration.data.width, batch: training.batch,
      part: compute.ranks?.part(of: training.batch), seed: configuration.seed,
      normalization: data.normalization)
    let prefetcher = Prefetcher(
      sampler: sampler, iterations: trainer.iteration..<iterations)
    defer { prefetcher.stop() }
    let interval = max(1, iterations / 100)
    let first = trainer.iteration
    var lastCheckpoint = ContinuousClock.now
    var saved = Result<Void, any Error>.success(())
    while trainer.iteration < iterations {
      let batch: Batch
      do { batch = try nextBatch(prefetcher, saved, isInterrupted) } catch is Interrupted {
        try compute.agreedOnFirstRank { try saveCheckpoint() }
        throw Interrupted()
      }
      let endsInterval = (trainer.iteration + 1) % interval == 0
      let (loss, classWeights, falsePositives) = try trainer.step(batch, counting: endsInterval)
      if batch.labels.validPixels == 0 { history.addUnlabeled() }
      history.add(loss: loss, classWeights: classWeights)
      let done = trainer.iteration
      let shouldValidate =
        training.validateEvery.map { done % $0 == 0 || done == iterations } ?? false
      if endsInterval || shouldValidate || done == iterations { history.close(at: done) }
      if let falsePositives {
        history.set(falsePositives: falsePositives, ofPixels: batch.labels.validPixels)
      }
      let validation = shouldValidate ? try validate() : nil
      if compute.isFirstRank && seconds(since: lastCheckpoint) > checkpointEverySeconds
        && done < iterations
      {
        // Others know of a failure with the next batch.
        saved = Result { try saveCheckpoint() }
        lastCheckpoint = .now
      }
      let rate = Double((done - first) * training.batch) / max(1e-9, seconds(since: started))
      progress(
        RunProgress(
          phase: .training, iteration: done, iterations: iterations, loss: loss,
          imagesPerSecond: rate, validation: validation))
    }
  }

  /// On several ranks, this one's images with the labels of all ranks'.
  ///
  /// - Parameter saved: whether the last checkpoint could be saved.
  /// - Throws: `Interrupted` if this or another rank is to stop; `UserError` for files that cannot be read
  ///   or written, of this or another rank.
  private func nextBatch(
    _ prefetcher: Prefetcher, _ saved: Result<Void, any Error>, _ isInterrupted: () -> Bool
  ) throws -> Batch {
    let own = Result {
      if isInterrupted() { throw Interrupted() }
      try saved.get()
      return try prefetcher.next()
    }
    guard let ranks = compute.ranks else { return try own.get() }
    return try ranks.joiningLabels(
      own, images: configuration.training.batch / ranks.count, height: configuration.data.height,
      width: configuration.data.width)
  }

  /// Evaluates on the validation split and keeps the weights if they are the best so far.
  private func validate() throws -> RunProgress.Validation? {
    guard let store = data.validation else { return nil }
    trainer.shareBuffers()
    let total = try evaluate(
      trainer.network, data.sampler(store),
      classes: data.dataset.classes.count,
      batch: configuration.training.batch, compute: compute
    ).total
    history.setValidation(meanIoU: total.meanIoU, meanAccuracy: total.meanAccuracy)
    let meanIoU = total.meanIoU ?? 0
    if best.map({ meanIoU > $0.meanIoU }) ?? true {
      best = (trainer.iteration, meanIoU, trainer.network.stateDict())
    }
    return .init(
      iteration: trainer.iteration, meanAccuracy: total.meanAccuracy, meanIoU: total.meanIoU)
  }
}
