import Foundation
import Synchronization

/// A fixed set of threads that share the iterations of a loop.
///
/// The caller splits the work into pieces whose sizes do not depend on the number of threads, so
/// results are bit-identical for any number of threads.
package final class WorkerPool: @unchecked Sendable {
  package let threads: Int

  /// The current loop: written by the caller before `generation` is incremented, read by workers
  /// afterward.
  private struct Job {
    /// On the caller's stack: a worker must not hold a reference to the closure after it has
    /// reported that it is done.
    var body: UnsafePointer<(Int) -> Void>?
    var count = 0
  }
  private var job = Job()
  /// Pieces are claimed with this counter.
  private let next = Atomic<Int>(0)
  /// Loops started so far.
  private let generation = Atomic<Int>(0)
  /// Workers that are not done with the current loop.
  private let running = Atomic<Int>(0)
  private let isBusy = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  /// For workers that have waited long: the next loop usually starts within microseconds.
  private let condition = NSCondition()
  private let sleeping = Atomic<Int>(0)
  private static let patience = 20_000

  /// A pool of `threads` threads, the calling one included.
  package init(threads: Int) {
    self.threads = max(1, threads)
    for index in 1..<max(1, threads) {
      let thread = Thread { self.work() }
      thread.name = "recallbench-\(index)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Stops the threads. The pool must be idle.
  package func shutDown() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    generation.add(1, ordering: .sequentiallyConsistent)
    wakeSleepers()
  }

  /// Runs `body(0) ... body(count - 1)`, in any order, on all threads, and returns when all are
  /// done. A loop started while another is under way, from its body or elsewhere, runs on the
  /// calling thread alone.
  package func parallelFor(_ count: Int, _ body: (Int) -> Void) {
    if threads == 1 || count <= 1 || isBusy.exchange(true, ordering: .acquiring) {
      for i in 0..<count { body(i) }
      return
    }
    defer { isBusy.store(false, ordering: .releasing) }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { share($0, count) }
    }
  }

  private func share(_ body: UnsafePointer<(Int) -> Void>, _ count: Int) {
    job = Job(body: body, count: count)
    next.store(0, ordering: .relaxed)
    running.store(threads - 1, ordering: .relaxed)
    generation.add(1, ordering: .sequentiallyConsistent)
    wakeSleepers()
    claim(body, count)
    // The other threads finish within one piece's time of this one: spinning is cheaper than
    // sleeping.
    var spins = 0
    while running.load(ordering: .acquiring) != 0 {
      spins += 1
      if spins > Self.patience { sched_yield() }
    }
  }

  /// A worker counts itself as sleeping before it looks at the generation for the last time, so a
  /// worker not counted here has seen, or will see, the new generation.
  private func wakeSleepers() {
    guard sleeping.load(ordering: .sequentiallyConsistent) > 0 else { return }
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }

  private func claim(_ body: UnsafePointer<(Int) -> Void>, _ count: Int) {
    while true {
      let i = next.add(1, ordering: .relaxed).oldValue
      if i >= count { return }
      body.pointee(i)
    }
  }

  private func work() {
    var seen = 0
    while true {
      var spins = 0
      while generation.load(ordering: .acquiring) == seen && spins < Self.patience { spins += 1 }
      if generation.load(ordering: .acquiring) == seen { sleep(while: seen) }
      seen = generation.load(ordering: .acquiring)
      if isStopping.load(ordering: .acquiring) { return }
      if let body = job.body { claim(body, job.count) }
      running.subtract(1, ordering: .releasing)
    }
  }

  private func sleep(while seen: Int) {
    condition.lock()
    sleeping.add(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == seen { condition.wait() }
    sleeping.subtract(1, ordering: .sequentiallyConsistent)
    condition.unlock()
  }
}
