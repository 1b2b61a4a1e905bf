import Checkpoints
import Datasets
import Files
import Foundation
import Losses
import Models
import Tensors

/// A network, its optimizer and its loss: everything that a training step updates.
package final class Trainer {
  package let network: SegmentationNetwork
  let optimizer: any Optimizer
  private let training: TrainingConfiguration
  let loss: any Loss
  /// The state that the loss carries from step to step.
  private(set) var lossState: LossState
  let seed: UInt64
  let compute: Compute
  /// The number of steps done.
  private(set) var iteration = 0

  /// - Parameters:
  ///   - classPixels: pixels of each class in the training split, for losses that weight by class
  ///     frequency.
  ///   - validationFirstImagePixels: pixels of each class in the first image of every validation
  ///     batch, for the published variants of such losses.
  ///   - torch: the loss, if the configuration names one written in PyTorch.
  package init(
    _ configuration: RunConfiguration, classes: Int, classPixels: [Int],
    validationFirstImagePixels: [Int]? = nil, torch: TorchLoss? = nil, compute: Compute
  ) throws {
    network = configuration.makeNetwork(classes: classes)
    training = configuration.training
    optimizer = training.makeOptimizer(network.parameters)
    if let expected = configuration.torch {
      guard let torch, torch.file.identity == expected else {
        throw UserError(
          "the run's loss is \(expected.notation) from a file with SHA-256 \(expected.sha256); "
            + "give it with --torch PATH.py:\(expected.name)")
      }
      loss = torch
    } else {
      loss = try LossRegistry.make(
        LossSpecification(parsing: configuration.loss), classes: classes, classPixels: classPixels,
        validationFirstImagePixels: validationFirstImagePixels)
    }
    lossState = loss.initialState
    seed = configuration.seed
    self.compute = compute
  }

  /// Performs one training step: forward, loss, and backward, where the optimizer updates each
  /// parameter as soon as its gradient is available.
  /// - Throws: `UserError` if the loss or its gradient is not finite or cannot be computed; the weights are then
  ///   unchanged, but the buffers are not.
  ///
  /// - Parameters:
  ///   - batch: on several ranks, this rank's images with the labels of all ranks'.
  ///   - counting: also count the batch's false positives, before the weights are updated.
  package func step(_ batch: Batch, counting: Bool = false) throws -> (
    loss: Double, classWeights: [Double]?, falsePositives: [Int]?
  ) {
    var context = PassContext(
      training: true,
      random: RandomSource(seed: seed, purpose: "dropout", counter: UInt64(iteration)),
      synchronizesBatchNorm: training.syncBatchNorm ?? true, compute: compute)
    let (logits, saved) = network.forward(batch.images, &context)
    var state = lossState
    let input = LossInput(logits: consume logits, labels: batch.labels, compute: compute)
    let wrong = counting ? falsePositives(input.batch) : nil
    let outcome: Result<LossResult, any Error>
    do { outcome = .success(try evaluate(consume input, state: &state)) } catch {
      outcome = .failure(error)
    }
    let result = try compute.agreed(consume outcome)
    var (value, classWeights, gradient) = (result.value, result.classWeights, result.gradient)
    _ = consume result
    compute.ranks?.agree(on: &value, &state)
    optimizer.learningRate = training.rate(at: iteration)
    let pass = BackwardPass(compute, updating: optimizer.nextStep())
    // These are consumed here, so that backward can free their memory as soon as it is used.
    _ = network.backward(consume gradient, consume saved, pass)
    pass.finish()
    lossState = state
    iteration += 1
    return (value, classWeights, wrong)
  }

  /// - Throws: `UserError` if the loss fails, or if what it returns cannot be trained on.
  private func evaluate(
    _ input: consuming LossInput, state: inout LossState
  ) throws -> LossResult {
    let shape = input.logits.shape
    let result: LossResult
    do { result = try loss.evaluate(consume input, state: &state) } catch {
      throw UserError("iteration \(iteration + 1): \(oneLine(error))")
    }
    guard result.value.isFinite else {
      throw UserError(
        "training diverged: the loss is \(result.value) at iteration \(iteration + 1); "
          + "lower learning_rate")
    }
    guard result.gradient.shape == shape else {
      throw UserError(
        "the loss's gradient has shape \(result.gradient.shape), but the logits have shape \(shape)"
      )
    }
    guard result.gradient.isFinite else {
      throw UserError(
        "training diverged: the loss's gradient is not finite at iteration \(iteration + 1); "
          + "lower learning_rate, or check the loss")
    }
    return result
  }

  /// Gives all ranks the running statistics of rank 0, from which they otherwise differ where batch
  /// statistics are not synchronized.
  func shareBuffers() {
    guard let ranks = compute.ranks, training.syncBatchNorm == false else { return }
    for buffer in network.buffers { ranks.broadcast(buffer.value) }
  }

  /// Weights, buffers and the optimizer's state.
  func snapshot() -> [NamedArray] {
    network.stateDict() + optimizer.state.map { NamedArray(exporting: $0.tensor, name: $0.name) }
  }

  /// - Throws: `UserError` if an array is missing or does not fit.
  func restore(_ arrays: [NamedArray], lossState: LossState, iteration: Int) throws {
    guard lossState.values.count == loss.initialState.values.count else {
      throw UserError(
        "the loss's state has \(lossState.values.count) values instead of "
          + "\(loss.initialState.values.count)")
    }
    try network.load(arrays)
    try Experiments.restore(optimizer.state, from: arrays)
    optimizer.step = iteration
    self.lossState = lossState
    self.iteration = iteration
  }
}
