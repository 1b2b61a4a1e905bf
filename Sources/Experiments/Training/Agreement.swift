import Datasets
import Files
import Losses
import Tensors

// Ranks that train together also fail together: before what one of them may have failed at is used, all
// know of it, and all throw the same. A rank that went on alone would wait for the others forever.

extension Compute {
  /// Whether this process prints, reports progress and writes files.
  package var isFirstRank: Bool { (ranks?.rank ?? 0) == 0 }

  /// The value, if it was reached on every rank.
  /// - Throws: what the first rank that failed threw, on all ranks.
  package func agreed<Value>(_ outcome: consuming Result<Value, any Error>) throws -> Value {
    switch consume outcome {
    case .success(let value):
      try ranks?.agree(on: nil)
      return value
    case .failure(let error):
      try ranks?.agree(on: error)
      throw error
    }
  }

  package func agreed<Value>(_ body: () throws -> Value) throws -> Value {
    ranks == nil ? try body() : try agreed(Result { try body() })
  }

  /// Runs `body` on rank 0 and waits for it on the others.
  package func agreedOnFirstRank(_ body: () throws -> Void) throws {
    try agreed { if isFirstRank { try body() } }
  }
}

/// How a rank fared, as it tells the others.
private enum Status: UInt8 {
  case fine, interrupted, failed

  init(_ failure: (any Error)?) {
    self = failure == nil ? .fine : failure is Interrupted ? .interrupted : .failed
  }
}

extension Communicator {
  /// The places of this rank's images in a batch of so many.
  package func part(of batch: Int) -> Range<Int> {
    rank * batch / count..<(rank + 1) * batch / count
  }

  /// - Throws: if a rank has a failure, the first one's, on all ranks; `Interrupted` only if nobody has
  ///   another one.
  fileprivate func agree(on failure: (any Error)?) throws {
    try agree(on: failure, gathered([Status(failure).rawValue]))
  }

  private func agree(on failure: (any Error)?, _ statuses: [UInt8]) throws {
    guard let worst = statuses.max(), worst != Status.fine.rawValue else { return }
    guard worst == Status.failed.rawValue, let first = statuses.firstIndex(of: worst) else {
      throw Interrupted()
    }
    let texts = gathered(unequal: Array(failure.map(oneLine)?.utf8 ?? "".utf8))
    if first == rank, let failure { throw failure }
    throw UserError(String(decoding: texts[first], as: UTF8.self))
  }

  /// A batch of this rank's images and the labels of all ranks', in rank order.
  ///
  /// - Parameters:
  ///   - own: this rank's images with their labels.
  ///   - images: how many they are.
  /// - Throws: as `agree`.
  func joiningLabels(
    _ own: Result<Batch, any Error>, images: Int, height: Int, width: Int
  ) throws -> Batch {
    let size = images * height * width
    var failure: (any Error)?
    if case .failure(let error) = own { failure = error }
    // One exchange a step: the status is in front of the labels.
    let all = gathered(
      [Status(failure).rawValue]
        + ((try? own.get().labels.ids) ?? [UInt8](repeating: 0, count: size)))
    let starts = (0..<count).map { $0 * (size + 1) }
    try agree(on: failure, starts.map { all[$0] })
    return Batch(
      images: try own.get().images,
      labels: LabelMap(
        n: images * count, h: height, w: width,
        ids: starts.flatMap { all[$0 + 1..<$0 + 1 + size] }))
  }

  /// Takes the loss of rank 0: machines of different kinds may compute it with other roundings.
  func agree(on value: inout Double, _ state: inout LossState) {
    var numbers = [value] + state.values
    broadcast(&numbers)
    (value, state.values) = (numbers[0], Array(numbers.dropFirst()))
  }
}

extension TrainingConfiguration {
  /// - Throws: `UserError` unless so many ranks can share a batch equally.
  package func checkBatch(onRanks ranks: Int) throws(UserError) {
    guard batch % ranks != 0 else { return }
    let fitting = (1...batch).filter { batch % $0 == 0 }.map(String.init)
    throw UserError(
      "a batch of \(batch) images cannot be shared equally by \(ranks) ranks; start one of "
        + "\(fitting.joined(separator: ", ")), or change training.batch")
  }
}

extension RunInProgress {
  /// - Throws: `UserError`, on all ranks, if they do not have the same run before them.
  func checkRanksAgree() throws {
    guard let ranks = compute.ranks else { return }
    let known: [(what: String, value: String)] = [
      ("code", environment.code ?? ""), ("configuration", try configuration.digest),
      ("data", splitDigest), ("checkpoint", "\(trainer.iteration)"),
      ("BLAS kernel", environment.blasKernel ?? ""),
    ]
    for (what, value) in known {
      let all = ranks.gathered(unequal: Array(value.utf8))
      guard let other = all.firstIndex(where: { $0 != all[0] }) else { continue }
      throw UserError(
        path: folder.url.path,
        problem:
          "rank \(other) has another \(what) than rank 0; start the same program on machines "
          + "of one kind that share the data and this folder")
    }
  }
}
