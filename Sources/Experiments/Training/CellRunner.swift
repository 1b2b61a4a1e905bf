import Checkpoints
import Datasets
import Files
import Foundation
import Losses
import Metrics
import Tensors

/// Trains and evaluates one cell, from its checkpoint where there is one, and stores everything
/// in its folder, the done mark last.
///
/// - Parameters:
///   - checkpointEverySeconds: how much work a kill may cost.
///   - environment: recorded with the run; its seconds are filled in here.
///   - pretrained: the weights that the configuration names by their digest.
///   - torch: the loss, where the configuration names one written in PyTorch.
///   - isInterrupted: asked before every iteration and after every batch of the final evaluation,
///     not while looking at the validation split.
/// - Throws: `Interrupted` after saving a checkpoint; `UserError` otherwise.
package func runCell(
  _ configuration: RunConfiguration, data: CellData, folder: RunFolder, compute: Compute,
  checkpointEverySeconds: Double, environment: RunEnvironment,
  pretrained: PretrainedWeights? = nil, torch: TorchLoss? = nil,
  progress: (CellProgress) -> Void,
  isInterrupted: () -> Bool
) throws {
  let cell = try Cell(
    configuration, data: data, folder: folder, compute: compute, environment: environment,
    torch: torch)
  try cell.start(pretrained)
  try cell.train(
    checkpointEverySeconds: checkpointEverySeconds, progress: progress,
    isInterrupted: isInterrupted)
  try cell.evaluateAndStore(progress: progress, isInterrupted: isInterrupted)
}

/// Evaluates stored weights again.
/// - Returns: one confusion matrix per image of the run's evaluated split.
package func evaluateRun(
  _ configuration: RunConfiguration, data: CellData, weights: [NamedArray], compute: Compute
) throws -> [ConfusionMatrix] {
  let classes = data.dataset.classes.count
  let network = configuration.makeNetwork(classes: classes)
  try network.load(weights)
  return try evaluate(
    network, EvaluationSampler(store: data.evaluated, normalization: data.normalization),
    classes: classes,
    batch: configuration.training.batch, compute: compute
  ).matrices
}

/// One run in progress.
private final class Cell {
  let configuration: RunConfiguration
  let data: CellData
  let folder: RunFolder
  let compute: Compute
  var environment: RunEnvironment
  let trainer: Trainer
  var history = TrainingHistory()
  /// Of earlier sessions of this run.
  var earlierSeconds = 0.0
  let started = ContinuousClock.now
  /// Of the best look at the validation split so far.
  var best: (iteration: Int, meanIoU: Double, weights: [NamedArray])?

  init(
    _ configuration: RunConfiguration, data: CellData, folder: RunFolder, compute: Compute,
    environment: RunEnvironment, torch: TorchLoss?
  ) throws {
    self.configuration = configuration
    self.data = data
    self.folder = folder
    self.compute = compute
    self.environment = environment
    trainer = try Trainer(configuration, data: data, torch: torch, compute: compute)
  }

  var iterations: Int { configuration.training.iterations }
  var trainingSeconds: Double { earlierSeconds + seconds(since: started) }

  /// Prepares the folder and goes on from its checkpoint, if there is one.
  func start(_ pretrained: PretrainedWeights?) throws {
    try folder.prepare()
    let checkpoint = try folder.loadCheckpoint()
    if checkpoint != nil, let stored = try folder.loadSplit(), stored != data.split {
      throw UserError(
        path: folder.url.path,
        problem: "was begun on other images than those there now; remove the folder or name "
          + "another --output")
    }
    try folder.save(environment: environment)
    try folder.save(split: data.split)
    if let weights = trainer.loss.constantClassWeights {
      try folder.save(classWeights: weights)
    }
    guard let checkpoint else { return try begin(from: pretrained) }
    do { try restore(checkpoint) } catch {
      throw UserError(
        path: folder.url.path,
        problem: "its checkpoint does not fit (\(oneLine(error))); remove the folder")
    }
  }

  private func begin(from pretrained: PretrainedWeights?) throws {
    guard let expected = configuration.pretrained else { return }
    guard let pretrained, pretrained.sha256 == expected.sha256 else {
      throw UserError(
        path: folder.url.path,
        problem: "begins from the pretrained weights with SHA-256 \(expected.sha256); give that "
          + "file with --pretrained")
    }
    try pretrained.load(into: trainer.network, partial: expected.partial)
  }

  private func restore(_ checkpoint: Checkpoint) throws {
    let stored = Data((checkpoint.metadata["history"] ?? "").utf8)
    history = try CanonicalJSON.decode(TrainingHistory.self, from: stored, of: folder.url)
    guard checkpoint.iteration <= iterations else {
      throw UserError("it counts \(checkpoint.iteration) iterations of \(iterations)")
    }
    try trainer.restore(
      checkpoint.arrays, lossState: LossState(checkpointed: checkpoint.metadata["loss_state"]),
      iteration: checkpoint.iteration)
    earlierSeconds = checkpoint.trainingSeconds
    if let iteration = checkpoint.bestIteration, let meanIoU = checkpoint.bestMeanIoU {
      let weights = checkpoint.arrays.filter { $0.name.hasPrefix(bestPrefix) }.map {
        NamedArray(
          name: String($0.name.dropFirst(bestPrefix.count)), shape: $0.shape, values: $0.values)
      }
      best = (iteration, meanIoU, weights)
    }
  }

  private func saveCheckpoint() throws {
    let kept = (best?.weights ?? []).map {
      NamedArray(name: bestPrefix + $0.name, shape: $0.shape, values: $0.values)
    }
    let text = String(decoding: try CanonicalJSON.encode(history), as: UTF8.self)
    try folder.saveCheckpoint(
      Checkpoint(
        iteration: trainer.iteration, arrays: trainer.snapshot() + kept, history: history.entries,
        trainingSeconds: trainingSeconds, bestIteration: best?.iteration,
        bestMeanIoU: best?.meanIoU,
        metadata: ["history": text, "loss_state": trainer.lossState.checkpointed]))
  }

  func train(
    checkpointEverySeconds: Double, progress: (CellProgress) -> Void, isInterrupted: () -> Bool
  ) throws {
    let training = configuration.training
    guard trainer.iteration < iterations else { return }
    let sampler = TrainingSampler(
      store: data.train, augmentation: configuration.data.augmentation,
      height: configuration.data.height, width: configuration.data.width, batch: training.batch,
      seed: configuration.seed, normalization: data.normalization)
    let prefetcher = Prefetcher(
      sampler: sampler, iterations: trainer.iteration..<iterations)
    defer { prefetcher.stop() }
    let interval = max(1, iterations / 100)
    let first = trainer.iteration
    var lastCheckpoint = ContinuousClock.now
    while trainer.iteration < iterations {
      if isInterrupted() {
        try saveCheckpoint()
        throw Interrupted()
      }
      let batch = try prefetcher.next()
      let closes = (trainer.iteration + 1) % interval == 0
      let (loss, classWeights, falsePositives) = try trainer.step(batch, counting: closes)
      history.add(loss: loss, classWeights: classWeights)
      let done = trainer.iteration
      let looks = training.validateEvery.map { done % $0 == 0 || done == iterations } ?? false
      if closes || looks || done == iterations { history.close(at: done) }
      if let falsePositives {
        history.set(falsePositives: falsePositives, ofPixels: batch.labels.validPixels)
      }
      if looks { try validate() }
      if seconds(since: lastCheckpoint) > checkpointEverySeconds && done < iterations {
        try saveCheckpoint()
        lastCheckpoint = .now
      }
      let rate = Double((done - first) * training.batch) / max(1e-9, seconds(since: started))
      progress(
        CellProgress(
          phase: .training, iteration: done, iterations: iterations, loss: loss,
          imagesPerSecond: rate))
    }
  }

  /// Looks at the validation split and keeps the weights if they are the best so far.
  private func validate() throws {
    guard let store = data.validation else { return }
    let total = try evaluate(
      trainer.network, EvaluationSampler(store: store, normalization: data.normalization),
      classes: data.dataset.classes.count,
      batch: configuration.training.batch, compute: compute
    ).total
    history.setValidation(meanIoU: total.meanIoU, meanAccuracy: total.meanAccuracy)
    let meanIoU = total.meanIoU ?? 0
    if best.map({ meanIoU > $0.meanIoU }) ?? true {
      best = (trainer.iteration, meanIoU, trainer.network.stateDict())
    }
  }

  /// Evaluates the weights that the configuration asks for and, where the validation split was looked
  /// at, also the others of best and last.
  func evaluateAndStore(progress: (CellProgress) -> Void, isInterrupted: () -> Bool) throws {
    environment.trainingSeconds = trainingSeconds
    // The training is done: what goes wrong now must not cost it.
    if best != nil { try saveCheckpoint() }
    do {
      let start = ContinuousClock.now
      let last = best?.iteration == iterations ? nil : trainer.network.stateDict()
      func evaluateWeights(_ rule: CheckpointRule) throws -> Evaluated {
        switch rule {
        case .best: if let best { try trainer.network.load(best.weights) }
        case .last: if let last { try trainer.network.load(last) }
        }
        return try evaluateSplit(
          since: start, progress: progress, isInterrupted: isInterrupted)
      }
      let chosen = configuration.training.checkpoint
      // The others first, so that the network ends with the weights that are stored.
      let others = best != nil && last != nil ? try evaluateWeights(chosen.other).total : nil
      let evaluated = try evaluateWeights(chosen)
      environment.evaluationSeconds = seconds(since: start)
      try store(evaluated, others: others ?? evaluated.total)
    } catch {
      if best == nil { try? saveCheckpoint() }
      throw error
    }
  }

  private func evaluateSplit(
    since start: ContinuousClock.Instant, progress: (CellProgress) -> Void,
    isInterrupted: () -> Bool
  ) throws -> Evaluated {
    let sampler = EvaluationSampler(store: data.evaluated, normalization: data.normalization)
    return try evaluate(
      trainer.network, sampler, classes: data.dataset.classes.count,
      batch: configuration.training.batch, keeping: Set(data.pictured), compute: compute
    ) { done in
      progress(
        CellProgress(
          phase: .evaluating, iteration: done, iterations: sampler.count,
          loss: history.entries.last?.loss ?? 0,
          imagesPerSecond: Double(done) / max(1e-9, seconds(since: start))))
      if isInterrupted() { throw Interrupted() }
    }
  }

  /// - Parameter others: what the other of best and last weights scored.
  private func store(_ evaluated: Evaluated, others: ConfusionMatrix) throws {
    try folder.saveHistory(history.entries)
    try folder.saveConfusions(evaluated.matrices)
    try folder.savePredictions(
      evaluated.predictions, height: data.evaluated.height, width: data.evaluated.width)
    let rule = configuration.training.checkpoint
    if let best {
      let totals = rule == .best ? (evaluated.total, others) : (others, evaluated.total)
      try folder.save(
        checkpoints: CheckpointScores(
          best: .init(iteration: best.iteration, totals.0),
          last: .init(iteration: iterations, totals.1)))
    }
    try folder.saveWeights(trainer.network.stateDict())
    try folder.save(environment: environment)
    try folder.markDone(
      evaluatedIteration: rule == .best ? best?.iteration ?? iterations : iterations)
    folder.removeCheckpoint()
  }
}

private let bestPrefix = "best."

private func seconds(since start: ContinuousClock.Instant) -> Double {
  let elapsed = ContinuousClock.now - start
  return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
}
