import Files
import Foundation
import Tensors

/// Prepares the batches of a run ahead of training, on its own thread, at most `depth` of them.
/// `next` and `stop` must be called from one thread; an abandoned prefetcher stops by itself.
package final class Prefetcher: Sendable {
  package static let depth = 3

  private let queue: BatchQueue

  /// - Parameter iterations: the iterations whose batches `next` returns, in order.
  package init(sampler: TrainingSampler, iterations: Range<Int>) {
    let queue = BatchQueue(remaining: iterations.count)
    self.queue = queue
    let thread = Thread {
      // The trainer's context may be in the middle of a loop: this thread needs its own.
      let compute = Compute(threads: 1)
      for iteration in iterations {
        let batch = Result { try sampler.batch(at: iteration, compute: compute) }
        guard queue.put(batch) else { break }
      }
      queue.finish()
    }
    thread.name = "recallbench-prefetch"
    thread.stackSize = 8 << 20
    thread.start()
  }

  deinit { queue.stop() }

  /// The next batch, waiting for it if necessary. Traps after the last one.
  /// - Throws: `UserError` if a file cannot be read, on this and every later call;
  ///   `CancellationError` after `stop`.
  package func next() throws -> Batch { try queue.take() }

  /// Ends the thread and waits for it. Batches that were not taken are dropped.
  package func stop() { queue.stop() }
}

/// A bounded queue between the decoding and the training thread.
private final class BatchQueue: @unchecked Sendable {
  // Guards everything below.
  private let condition = NSCondition()
  private var waiting: [Result<Batch, any Error>] = []
  /// Batches not yet taken.
  private var remaining: Int
  private var isStopped = false
  private var isFinished = false

  init(remaining: Int) { self.remaining = remaining }

  /// Waits for room. Returns false if there is no point in continuing.
  func put(_ batch: Result<Batch, any Error>) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while waiting.count >= Prefetcher.depth && !isStopped { condition.wait() }
    if isStopped { return false }
    waiting.append(batch)
    condition.broadcast()
    if case .failure = batch { return false }
    return true
  }

  func finish() {
    condition.lock()
    isFinished = true
    condition.broadcast()
    condition.unlock()
  }

  func take() throws -> Batch {
    condition.lock()
    defer { condition.unlock() }
    if isStopped { throw CancellationError() }
    precondition(remaining > 0, "all batches have been taken")
    while waiting.isEmpty && !isStopped { condition.wait() }
    guard let first = waiting.first else { throw CancellationError() }
    // A failure is the last thing in the queue and stays there.
    let batch = try first.get()
    waiting.removeFirst()
    remaining -= 1
    condition.broadcast()
    return batch
  }

  func stop() {
    condition.lock()
    isStopped = true
    waiting = []
    condition.broadcast()
    while !isFinished { condition.wait() }
    condition.unlock()
  }
}
