import Synchronization
import Tensors

/// What a loss is given for one training step.
public struct LossInput {
  /// The input of the loss kernels.
  package let batch: LabeledLogits
  private let lazyProbabilities = LazySoftmax()

  /// Traps if the labels' extent is not that of the logits, if there is no class or more than 255,
  /// or if a label is neither `LabelMap.ignored` nor below the number of classes: code that reads
  /// labels from files must map them first.
  public init(logits: Tensor, labels: LabelMap, compute: Compute) {
    batch = LabeledLogits(logits: logits, labels: labels, compute: compute)
  }

  /// The network's output before the softmax, [N, H, W, C].
  public var logits: Tensor { batch.logits }
  /// The softmax of `logits` over the channels, [N, H, W, C]; computed on first use, then shared by
  /// all losses. The built-in losses do not use it: they compute it again, eight pixels at a time,
  /// which is faster than writing and reading it.
  public var probabilities: Tensor { lazyProbabilities.value(logits, compute) }
  /// Class ids, N x H x W; `LabelMap.ignored` takes no part.
  public var labels: LabelMap { batch.labels }
  /// Threads and reusable memory.
  public var compute: Compute { batch.compute }
  /// Pixels of each class in the batch, `classes` entries.
  public var classPixels: [Int] { batch.classPixels }
  public var classes: Int { batch.classes }
  /// Pixels that are not ignored.
  public var validPixels: Int { batch.validPixels }
}

/// A softmax that is computed at most once, by the first thread that needs it.
private final class LazySoftmax: Sendable {
  private let tensor = Mutex<Tensor?>(nil)

  func value(_ logits: Tensor, _ compute: Compute) -> Tensor {
    tensor.withLock { tensor in
      let value = tensor ?? softmax(logits, compute)
      tensor = value
      return value
    }
  }
}
