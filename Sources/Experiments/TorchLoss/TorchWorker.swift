import Files
import Foundation
import Losses
import Tensors

/// A Python process that evaluates one PyTorch loss; see worker.py. It ends with this object, and
/// with this process, however that ends.
///
/// Threads may share it; their calls are serialized.
final class TorchWorker: @unchecked Sendable {
  let file: TorchLossFile
  /// The process that it is forked from, which lives as long as any of its workers.
  let server: TorchServer
  private let limits: TorchLimits

  // Everything below is accessed by one thread at a time.
  private let turn = NSLock()
  private let id: pid_t
  private var ending: String?
  private let conversation: TorchConversation
  private let memory: SharedMemory
  private var evaluations = 0
  private var computing = 0.0
  /// The first failure, which every later call throws again.
  private var failure: UserError?

  /// Starts a worker and makes it read the file.
  /// - Throws: `UserError` if there is no Python or no torch, if the file cannot be executed or has
  ///   changed since its digest was computed, or if this takes too long.
  init(
    _ file: TorchLossFile, _ setup: TorchSetup, threads: Int, allowsDetached: Bool
  ) throws(UserError) {
    self.file = file
    limits = setup.limits
    server = try TorchServer.shared(setup, for: file.notation)
    memory = try SharedMemory()
    let (channel, other) = try LineChannel.pair()
    conversation = TorchConversation(channel: channel, python: server.python, output: server.output)
    do {
      // Close before the first request, so that only the worker holds its end and it closes if the
      // worker dies.
      defer { close(other) }
      id = try server.fork(
        passing: [other] + memory.descriptors, for: file.notation, limit: limits.start)
    }
    try start(threads: threads, allowsDetached: allowsDetached)
  }

  deinit {
    conversation.channel.close()
    end(patience: 1)
  }

  /// The versions of PyTorch and Python.
  var version: String { server.version }

  /// - Returns: how the process ended.
  @discardableResult
  private func end(patience: Double = 0) -> String {
    if let ending { return ending }
    let text = server.end(id, patience: patience)
    ending = text
    return text
  }

  private func start(threads: Int, allowsDetached: Bool) throws(UserError) {
    let ready: Ready = try ask(
      Start(
        path: file.url.path, name: file.identity.name, arguments: file.identity.arguments ?? "",
        threads: threads, detached: allowsDetached),
      within: limits.start, to: "start")
    guard ready.sha256 == file.identity.sha256 else {
      throw UserError(
        path: file.url.path, problem: "has changed since it was first read; start again")
    }
  }

  /// Computes value and gradient of a batch, either of which may not be finite.
  ///
  /// - Parameter reset: reset the callable to the state before its first step.
  /// - Returns: the result and whether the gradient is finite.
  /// - Throws: `UserError` if the callable raises an error or does not return a loss, or if the
  ///   worker dies or hangs. The worker is then gone, and every further call throws the same error.
  func evaluate(
    _ input: LossInput, reset: Bool
  ) throws(UserError) -> (result: LossResult, isFinite: Bool) {
    turn.lock()
    defer { turn.unlock() }
    if let failure { throw failure }
    do throws(UserError) { return try evaluated(input, reset: reset) } catch {
      failure = error
      end()
      throw error
    }
  }

  /// The time spent in the callable and in autograd so far, as measured by the worker.
  var computingSeconds: Double {
    turn.lock()
    defer { turn.unlock() }
    return computing
  }

  private func evaluated(
    _ input: LossInput, reset: Bool
  ) throws(UserError) -> (result: LossResult, isFinite: Bool) {
    let (shape, compute) = (input.logits.shape, input.compute)
    let size = shape.count * MemoryLayout<Float>.size
    let logits = try memory.bytes(2 * size + shape.pixels)
    let gradient = logits + size
    compute.copy(size, from: input.logits.base, to: logits)
    input.labels.ids.withUnsafeBytes {
      (gradient + size).copyMemory(from: $0.baseAddress ?? .init(logits), byteCount: $0.count)
    }
    let limit = evaluations == 0 ? limits.first : limits.step
    let answer: Evaluation = try ask(
      Step(
        memory: memory.index,
        shape: [shape.n, shape.h, shape.w, shape.c], threads: compute.threads, reset: reset),
      within: limit, to: "evaluate a batch")
    guard let value = Double(answer.value) else {
      throw conversation.unexpected(answer.value, file.notation)
    }
    evaluations += 1
    computing += answer.seconds
    let tensor = compute.empty(shape)
    let isFinite = compute.copyFinite(gradient, to: tensor)
    return (LossResult(value: value, gradient: tensor), isFinite)
  }
}

// Requests and answers, each one line of JSON.
extension TorchWorker {
  private struct Start: Encodable {
    var path: String
    var name: String
    /// As in Python's source.
    var arguments: String
    var threads: Int
    var detached: Bool
  }

  private struct Ready: Decodable {
    var sha256: String
  }

  private struct Step: Encodable {
    /// The index of the file that holds the arrays.
    var memory: Int
    var shape: [Int]
    var threads: Int
    var reset: Bool
  }

  private struct Evaluation: Decodable {
    /// The exact value in hexadecimal, or `nan` or `inf`.
    var value: String
    /// The time spent in the callable and in autograd.
    var seconds: Double
  }

  private func ask<Answer: Decodable>(
    _ request: some Encodable, within seconds: Double, to purpose: String
  ) throws(UserError) -> Answer {
    try conversation.ask(
      request, for: .init(loss: file.notation, action: purpose, limit: seconds)
    ) { end(patience: $0) }
  }
}

extension Compute {
  /// Copies bytes, on all threads.
  fileprivate func copy(
    _ bytes: Int, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer
  ) {
    parallelBlocks(bytes, block: 1 << 18) { _, range in
      (target + range.lowerBound).copyMemory(
        from: source + range.lowerBound, byteCount: range.count)
    }
  }

  /// Copies all of a tensor, on all threads.
  /// - Returns: whether every number is finite.
  fileprivate func copyFinite(_ source: UnsafeRawPointer, to target: Tensor) -> Bool {
    let bits = source.bindMemory(to: UInt32.self, capacity: target.count)
    let exceptions = parallelSum(target.count, block: 1 << 16) { range in
      (target.base + range.lowerBound).update(
        from: UnsafeRawPointer(bits + range.lowerBound).assumingMemoryBound(to: Float.self),
        count: range.count)
      // An exponent of all ones, as in infinities and NaNs, carries into the sign bit.
      var carry: UInt32 = 0
      for i in range { carry |= (bits[i] & 0x7f80_0000) &+ 0x0080_0000 }
      return carry & 0x8000_0000 == 0 ? 0 : 1
    }
    return exceptions == 0
  }
}
