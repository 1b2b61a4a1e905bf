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
  /// The versions of PyTorch and Python.
  private(set) var version = ""
  private let limits: TorchLimits
  private let python: String

  // Everything below is accessed by one thread at a time.
  private let turn = NSLock()
  private let child: ChildProcess
  private let channel: LineChannel
  private let memory: SharedMemory
  private var evaluations = 0
  private var computing = 0.0
  /// The first failure, which every later call throws again.
  private var failure: UserError?

  /// Starts Python and makes it read the file.
  /// - Throws: `UserError` if there is no Python or no torch, if the file cannot be executed or has
  ///   changed since its digest was computed, or if this takes too long.
  init(
    _ file: TorchLossFile, _ setup: TorchSetup, threads: Int, allowsDetached: Bool
  ) throws(UserError) {
    self.file = file
    limits = setup.limits
    python = try setup.interpreter()
    memory = try SharedMemory()
    let (channel, other) = try LineChannel.pair()
    self.channel = channel
    let source = String(decoding: PackageResources.worker_py, as: UTF8.self)
    do throws(ChildProcess.SpawnError) {
      // Close before the first request, so that only the worker holds its end and it closes if the
      // worker dies.
      defer { close(other) }
      child = try ChildProcess(
        python, ["-u", "-c", source], descriptors: [other] + memory.descriptors)
    } catch {
      throw UserError(
        path: python,
        problem: "cannot be started: \(String(cString: strerror(error.code))); \(TorchSetup.advice)"
      )
    }
    try start(threads: threads, allowsDetached: allowsDetached)
  }

  deinit {
    channel.close()
    child.end(patience: 1)
  }

  private func start(threads: Int, allowsDetached: Bool) throws(UserError) {
    let ready: Ready = try ask(
      Start(
        path: file.url.path, name: file.identity.name, threads: threads, detached: allowsDetached),
      within: limits.start, to: "start")
    guard ready.sha256 == file.identity.sha256 else {
      throw UserError(
        path: file.url.path, problem: "has changed since it was first read; start again")
    }
    version = ready.version
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
      child.end()
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
        memory: ChildProcess.firstDescriptor + 1 + memory.index,
        shape: [shape.n, shape.h, shape.w, shape.c], threads: compute.threads, reset: reset),
      within: limit, to: "evaluate a batch")
    guard let value = Double(answer.value) else { throw unexpected(answer.value) }
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
    var threads: Int
    var detached: Bool
  }

  private struct Ready: Decodable {
    var sha256: String
    var version: String
  }

  private struct Step: Encodable {
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

  private struct Failed: Decodable {
    var failed: String
    var message: String
  }

  private func ask<Answer: Decodable>(
    _ request: some Encodable, within seconds: Double, to purpose: String
  ) throws(UserError) -> Answer {
    guard let line = try? JSONEncoder().encode(request), channel.send(line) else { throw ended() }
    switch channel.receive(within: seconds) {
    case .closed: throw ended()
    case .late:
      child.end()
      throw UserError(
        "\(file.notation): the Python worker took more than \(seconds.formatted()) s to \(purpose) "
          + "and was stopped; --torch-timeout SECONDS allows more time")
    case .line(let text):
      let data = Data(text.utf8)
      if let failed = try? JSONDecoder().decode(Failed.self, from: data) { throw error(failed) }
      guard let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
        throw unexpected(text)
      }
      return answer
    }
  }

  private func error(_ failed: Failed) -> UserError {
    switch failed.failed {
    case "no-torch":
      UserError(
        "\(file.notation) needs PyTorch, which \(python) does not have: install it with "
          + "\(python) -m pip install torch, or \(TorchSetup.advice)")
    case "worker": UserError("\(file.notation): the Python worker failed: \(failed.message)")
    default: UserError("\(file.notation) \(failed.message)")
    }
  }

  private func ended() -> UserError {
    let how = child.end(patience: 1)
    return UserError(
      "\(file.notation): the Python worker ended unexpectedly (\(how)); its output is above")
  }

  private func unexpected(_ text: String) -> UserError {
    UserError(
      "\(file.notation): \(python) gave an invalid answer: \"\(text.prefix(60))\"; if it is not "
        + "Python, \(TorchSetup.advice)")
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
