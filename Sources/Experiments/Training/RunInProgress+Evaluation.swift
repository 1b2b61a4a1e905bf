import Datasets
import Files
import Foundation
import Metrics
import Tensors

extension RunInProgress {
  /// Evaluates the weights that the configuration selects and, if the run was validated during
  /// training, also the other of the best and last weights.
  func evaluateAndStore(progress: (RunProgress) -> Void, isInterrupted: () -> Bool) throws {
    environment.trainingSeconds = trainingSeconds
    trainer.shareBuffers()
    // Training is done; an error from here on must not lose it.
    if best != nil { try compute.agreedOnFirstRank { try saveCheckpoint() } }
    do {
      let start = ContinuousClock.now
      let chosen = configuration.training.checkpoint
      let last = best?.iteration == iterations ? nil : trainer.network.stateDict()
      func evaluateWeights(_ rule: CheckpointRule) throws -> Evaluated {
        switch rule {
        case .best: if let best { try trainer.network.load(best.weights) }
        case .last: if let last { try trainer.network.load(last) }
        }
        // Of the weights that are not stored, only the scores are kept.
        return try evaluateSplit(
          isStored: rule == chosen, since: start, progress: progress, isInterrupted: isInterrupted)
      }
      // Evaluate the other weights first, so that the network ends up with the weights to store.
      let others = best != nil && last != nil ? try evaluateWeights(chosen.other).total : nil
      let evaluated = try evaluateWeights(chosen)
      environment.evaluationSeconds = seconds(since: start)
      try compute.agreedOnFirstRank { try store(evaluated, others: others ?? evaluated.total) }
    } catch {
      if best == nil && compute.isFirstRank { try? saveCheckpoint() }
      throw error
    }
  }

  /// - Parameter isStored: whether to count all that a run stores, not the confusion matrices alone.
  private func evaluateSplit(
    isStored: Bool, since start: ContinuousClock.Instant, progress: (RunProgress) -> Void,
    isInterrupted: () -> Bool
  ) throws -> Evaluated {
    let sampler = data.sampler(data.evaluated)
    return try evaluate(
      trainer.network, sampler, classes: data.dataset.classes.count,
      batch: configuration.training.batch, keeping: Set(data.pictured),
      correction: isStored
        ? PriorCorrection(taus: configuration.taus, classPixels: data.split.trainClassPixels) : nil,
      measures: isStored ? configuration.measures : Measures(), compute: compute
    ) { done in
      progress(
        RunProgress(
          phase: .evaluating, iteration: done, iterations: sampler.count,
          loss: history.entries.last?.loss ?? 0,
          imagesPerSecond: Double(done) / max(1e-9, seconds(since: start))))
      if isInterrupted() { throw Interrupted() }
    }
  }

  /// - Parameter others: the confusion matrix of the other of the best and last weights.
  private func store(_ evaluated: Evaluated, others: ConfusionMatrix) throws {
    let rule = configuration.training.checkpoint
    let checkpoints = best.map { best in
      let totals = rule == .best ? (evaluated.total, others) : (others, evaluated.total)
      return CheckpointScores(
        best: .init(iteration: best.iteration, totals.0),
        last: .init(iteration: iterations, totals.1))
    }
    let (height, width) = (data.evaluated.height, data.evaluated.width)
    let weights = trainer.network.stateDict()
    warnUnlessFinite(weights, configuration.label)
    let seal = try folder.saveWeights(weights)
    var record = RunRecord(
      folder: folder.url, configuration: configuration, environment: environment,
      split: data.split, history: history.entries, confusions: evaluated.matrices,
      evaluatedIteration: rule == .best ? best?.iteration ?? iterations : iterations,
      checkpoints: checkpoints,
      predictions: evaluated.predictions.mapValues {
        LabelImage(height: height, width: width, ids: $0)
      }, classWeights: trainer.loss.constantClassWeights,
      corrected: try CorrectedConfusions(taus: configuration.taus, evaluated.corrected),
      boundaries: evaluated.measured.boundaries, calibration: evaluated.measured.calibration)
    record.weightsSeal = seal
    try folder.finish(record)
  }
}
