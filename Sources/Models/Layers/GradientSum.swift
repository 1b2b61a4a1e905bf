import Tensors

/// Sums gradients over all ranks while the backward pass goes on, in buckets of a few MiB in the order in
/// which the pass finishes parameters.
///
/// Of each bucket every rank receives one part from each rank, adds these up in rank order, and gives
/// the sum to all. So all ranks have the same bits, which depend on the number of ranks alone. There is no
/// thread for this: each parameter that is added moves the buckets before it on, and so do, in MPI, the
/// exchanges of batch normalization.
final class GradientSum {
  private let ranks: any Communicator
  private let update: any ParameterUpdate
  private let compute: Compute
  /// Of the bucket that is being filled.
  private var waiting: [(parameter: Parameter, gradient: Tensor)] = []
  private var waitingCount = 0
  /// Under way, the oldest first.
  private var buckets: [Bucket] = []

  /// Floats from which on a bucket is sent: 4 MiB.
  static let bucketCount = 1 << 20

  init(
    over ranks: any Communicator, updating update: any ParameterUpdate, _ compute: Compute
  ) {
    (self.ranks, self.update, self.compute) = (ranks, update, compute)
  }

  func add(_ gradient: Tensor, of parameter: Parameter) {
    waiting.append((parameter, gradient))
    waitingCount += gradient.count
    if waitingCount >= Self.bucketCount { send() }
    advance()
  }

  /// Sends what is left and returns when every parameter has been updated.
  func finish() {
    if !waiting.isEmpty { send() }
    for bucket in buckets { bucket.finishSum() }
    for bucket in buckets {
      bucket.finishGathering()
      bucket.update(update, compute)
    }
    buckets = []
  }

  private func send() {
    buckets.append(Bucket(waiting, over: ranks, compute))
    (waiting, waitingCount) = ([], 0)
  }

  /// A bucket's sums are given to all after those of the buckets before it: every rank then begins these
  /// exchanges in the same order.
  private func advance() {
    _ = buckets.allSatisfy { $0.isSummed() }
    while let first = buckets.first, first.isGathered() {
      buckets.removeFirst()
      first.update(update, compute)
    }
  }
}

/// Gradients that are exchanged together.
private final class Bucket {
  private let ranks: any Communicator
  private let compute: Compute
  private let parameters: [Parameter]
  /// The gradients one after another, then zeros up to a multiple of the ranks; in the end their sums.
  private let gradients: Tensor
  /// Each rank's values of this rank's part.
  private var parts: Tensor?
  private let own: Tensor
  private let transpose: any Exchange
  private var gathering: (any Exchange)?

  init(
    _ entries: [(parameter: Parameter, gradient: Tensor)], over ranks: any Communicator,
    _ compute: Compute
  ) {
    (self.ranks, self.compute) = (ranks, compute)
    parameters = entries.map(\.parameter)
    let count = entries.reduce(0) { $0 + $1.gradient.count }
    let part = (count + ranks.count - 1) / ranks.count
    let shape = Shape(n: ranks.count, h: 1, w: 1, c: part)
    gradients = compute.zeros(shape)
    var offset = 0
    for (_, gradient) in entries {
      (gradients.base + offset).update(from: gradient.base, count: gradient.count)
      offset += gradient.count
    }
    let received = compute.empty(shape)
    own = compute.empty(Shape(n: 1, h: 1, w: 1, c: part))
    transpose = ranks.startTranspose(gradients.bytes, into: received.mutableBytes)
    parts = received
  }

  /// Whether this rank has its sums and has begun to give them to all.
  func isSummed() -> Bool {
    if gathering != nil { return true }
    guard transpose.isDone(), let parts else { return false }
    sum(parts)
    self.parts = nil
    gathering = ranks.startGather(own.bytes, into: gradients.mutableBytes)
    return true
  }

  func isGathered() -> Bool { gathering?.isDone() ?? false }

  func finishSum() {
    transpose.wait()
    _ = isSummed()
  }

  func finishGathering() { gathering?.wait() }

  private func sum(_ parts: Tensor) {
    let (count, ranks) = (own.count, ranks.count)
    compute.parallelBlocks(count, block: 1 << 14) { _, range in
      let sum = own.base
      (sum + range.lowerBound).update(from: parts.base + range.lowerBound, count: range.count)
      for rank in 1..<ranks {
        let part = parts.base + rank * count
        for i in range { sum[i] += part[i] }
      }
    }
  }

  func update(_ update: any ParameterUpdate, _ compute: Compute) {
    var offset = 0
    for parameter in parameters {
      let gradient = compute.empty(parameter.value.shape)
      gradient.base.update(from: gradients.base + offset, count: gradient.count)
      offset += gradient.count
      update.apply(gradient, to: parameter, compute)
    }
  }
}
