import Files
import Foundation
import Losses
import Tensors

/// A Python process that evaluates one PyTorch loss; see worker.py. It ends with this value, and
/// with our process, however that ends.
///
/// Threads may share it: they wait for each other.
final class TorchWorker: @unchecked Sendable {
  let file: TorchLossFile
  /// Of PyTorch and of Python.
  private(set) var version = ""
  private let limits: TorchLimits
  private let python: String

  // All below is touched by one thread at a time.
  private let turn = NSLock()
  private let child: ChildProcess
  private let channel: LineChannel
  private let memory: SharedMemory
  private var evaluations = 0
  private var computing = 0.0
  /// After the first failure there is no second.
  private var failure: UserError?

  /// Starts Python and has it read the file.
  /// - Throws: `UserError` if there is no Python or no torch, if the file cannot be executed or has
  ///   been changed since its digest was taken, or if that takes too long.
  init(_ file: TorchLossFile, _ setup: TorchSetup, threads: Int) throws(UserError) {
    self.file = file
    limits = setup.limits
    python = try setup.interpreter()
    memory = try SharedMemory()
    let (channel, other) = try LineChannel.pair()
    self.channel = channel
    let source = String(decoding: PackageResources.worker_py, as: UTF8.self)
    do throws(ChildProcess.SpawnError) {
      // Before anything is asked, so that the worker alone has its end and none is left if it dies.
      defer { close(other) }
      child = try ChildProcess(
        python, ["-u", "-c", source], descriptors: [other] + memory.descriptors)
    } catch {
      throw UserError(
        path: python,
        problem: "cannot be started: \(String(cString: strerror(error.code))); \(TorchSetup.advice)"
      )
    }
    try start(threads: threads)
  }

  deinit {
    channel.close()
    child.end(patience: 1)
  }

  private func start(threads: Int) throws(UserError) {
    let ready: Ready = try ask(
      Start(path: file.url.path, name: file.identity.name, threads: threads),
      within: limits.start, to: "start")
    guard ready.sha256 == file.identity.sha256 else {
      throw UserError(path: file.url.path, problem: "has just been changed; start again")
    }
    version = ready.version
  }

  /// Value and gradient of a batch; either may be other than finite.
  ///
  /// - Parameter reset: bring the callable into the state before its first step.
  /// - Returns: also whether the gradient is finite.
  /// - Throws: `UserError` if the callable raises an error or returns no loss, or if the worker dies
  ///   or hangs: it is then gone, and every further call throws the same.
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

  /// Spent in the callable and in autograd so far, as the worker measures it.
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
    guard let value = Double(answer.value) else { throw nonsense(answer.value) }
    evaluations += 1
    computing += answer.seconds
    let tensor = compute.empty(shape)
    let isFinite = compute.copyFinite(gradient, to: tensor)
    return (LossResult(value: value, gradient: tensor), isFinite)
  }
}

// One line of JSON each way.
extension TorchWorker {
  private struct Start: Encodable {
    var path: String
    var name: String
    var threads: Int
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
    /// In hexadecimal, to the bit; `nan` and `inf` too.
    var value: String
    /// Of the callable and of autograd.
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
          + "and was stopped; --torch-timeout SECONDS gives it longer")
    case .line(let text):
      let data = Data(text.utf8)
      if let failed = try? JSONDecoder().decode(Failed.self, from: data) { throw error(failed) }
      guard let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
        throw nonsense(text)
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
      "\(file.notation): the Python worker ended unexpectedly (\(how)); what it said is above")
  }

  private func nonsense(_ text: String) -> UserError {
    UserError(
      "\(file.notation): \(python) answers what no worker would: \"\(text.prefix(60))\"; is it "
        + "Python? Else \(TorchSetup.advice)")
  }
}

extension Compute {
  /// On all threads.
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
      // An exponent of ones, as infinities and NaNs have it, carries into the sign's place.
      var carry: UInt32 = 0
      for i in range { carry |= (bits[i] & 0x7f80_0000) &+ 0x0080_0000 }
      return carry & 0x8000_0000 == 0 ? 0 : 1
    }
    return exceptions == 0
  }
}
