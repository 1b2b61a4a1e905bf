import Foundation
import Synchronization

/// A fixed set of threads that share the iterations of a loop.
///
/// Work is cut into pieces by the caller, by sizes that do not depend on the number of threads;
/// so results are the same bits for any number of threads.
package final class WorkerPool: @unchecked Sendable {
  package let threads: Int

  /// One loop in flight. Pieces are claimed with an atomic counter.
  private struct Job {
    /// On the caller's stack: a worker must hold no reference to the closure once it has said
    /// that it is done.
    var body: UnsafePointer<(Int) -> Void>?
    var count = 0
    var generation = 0
    var active = 0
  }
  private let condition = NSCondition()
  private var job = Job()
  private let next = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)
  private let running = Atomic<Int>(0)
  private let isBusy = Atomic<Bool>(false)
  private var stopping = false

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
    condition.lock()
    stopping = true
    generation.add(1, ordering: .sequentiallyConsistent)
    condition.broadcast()
    condition.unlock()
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
    condition.lock()
    job.body = body
    job.count = count
    next.store(0, ordering: .sequentiallyConsistent)
    running.store(threads - 1, ordering: .sequentiallyConsistent)
    generation.add(1, ordering: .sequentiallyConsistent)
    condition.broadcast()
    condition.unlock()
    claim(body, count)
    // The others finish within a piece's time of this one: spinning is cheaper than sleeping.
    var spins = 0
    while running.load(ordering: .acquiring) != 0 {
      spins += 1
      if spins > 20_000 { sched_yield() }
    }
    job.body = nil
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
      while generation.load(ordering: .acquiring) == seen && spins < 20_000 { spins += 1 }
      condition.lock()
      while generation.load(ordering: .acquiring) == seen && !stopping { condition.wait() }
      if stopping {
        condition.unlock()
        return
      }
      seen = generation.load(ordering: .acquiring)
      let (body, count) = (job.body, job.count)
      condition.unlock()
      if let body { claim(body, count) }
      running.subtract(1, ordering: .releasing)
    }
  }
}
