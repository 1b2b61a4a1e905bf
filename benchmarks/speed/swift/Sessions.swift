import Datasets
import Experiments
import Losses
import Models
import Tensors

/// A network in training on one prepared batch.
final class TrainingSession {
  let compute: Compute
  let trainer: Trainer
  /// On several ranks, this one's images with the labels of all ranks'.
  let batch: Batch

  /// - Parameters:
  ///   - torch: a loss written in PyTorch, in place of `loss`.
  ///   - ranks: those that train together, each on its part of the batch.
  ///   - observer: runs all loops, which are cut as for that many threads.
  init(
    _ networkCase: NetworkCase, loss: String = "ce", torch: TorchLoss? = nil, threads: Int,
    ranks: (any Communicator)? = nil, observer: (any LoopObserver)? = nil
  ) throws {
    let compute = Compute(threads: threads, ranks: ranks, observer: observer)
    self.compute = compute
    let classes = NetworkCase.classes
    let labels = syntheticLabels(
      n: networkCase.batch, h: networkCase.rows, w: networkCase.columns, classes: classes)
    var configuration = networkCase.configuration(loss: torch?.file.notation ?? loss)
    try configuration.training.checkBatch(onRanks: ranks?.count ?? 1)
    let images = syntheticImages(networkCase.shape)
    batch = Batch(images: ranks.map { images.part(of: $0, compute) } ?? images, labels: labels)
    configuration.torch = torch?.file.identity
    trainer = try Trainer(
      configuration, classes: classes, classPixels: labels.histogram(classes: classes),
      torch: torch, compute: compute)
  }

  /// Forward, loss, backward, Adam.
  /// - Returns: the loss.
  @discardableResult
  func step() throws -> Double { try trainer.step(batch).loss }
}

/// A network without an optimizer, as `recallbench predict` uses it.
final class EvaluationSession {
  let compute: Compute
  let network: SegmentationNetwork
  let images: Tensor

  init(_ networkCase: NetworkCase, threads: Int) {
    compute = Compute(threads: threads)
    images = syntheticImages(networkCase.shape)
    network = networkCase.configuration().makeNetwork(classes: NetworkCase.classes)
  }

  /// Forward, to the logits.
  /// - Returns: the first of them.
  @discardableResult
  func pass() -> Double {
    var context = PassContext(training: false, compute: compute)
    return Double(network.forward(images, &context).output.base[0])
  }
}

/// Logits and labels that any loss can be evaluated on.
final class LossSession {
  /// Those of the paper, with the parameters of its settings.
  static let losses = [
    "ce", "weighted_ce", "balanced_ce", "focal(gamma: 1)", "ohem(keep: 0.7)", "soft_iou",
    "lovasz", "recall",
  ]

  let compute: Compute
  let labels: LabelMap
  let logits: Tensor

  init(batch: Int, rows: Int, columns: Int, classes: Int, threads: Int) {
    compute = Compute(threads: threads)
    labels = syntheticLabels(n: batch, h: rows, w: columns, classes: classes)
    logits = syntheticLogits(labels, classes: classes)
  }

  /// - Throws: `UserError`.
  func loss(_ notation: String) throws -> any Loss {
    let classes = logits.shape.c
    return try LossRegistry.make(
      LossSpecification(parsing: notation), classes: classes,
      classPixels: labels.histogram(classes: classes))
  }

  /// Value and gradient from logits; the softmax is part of it.
  /// - Returns: the value.
  @discardableResult
  func evaluate(_ loss: any Loss) throws -> Double {
    var state = loss.initialState
    let input = LossInput(logits: logits, labels: labels, compute: compute)
    return try loss.evaluate(input, state: &state).value
  }
}
