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
  /// Workers that take part in the current loop; `closed` between loops. One that wakes up too late to
  /// take part is not waited for.
  private let participants = Atomic<Int>(closed)
  private static let closed = -1
  private let isBusy = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  /// For workers that have waited long: the next loop usually starts within microseconds.
  private let condition = NSCondition()
  private let sleeping = Atomic<Int>(0)
  private let patience: Int
  /// Workers that can run at once besides the calling thread.
  private let useful: Int

  /// A pool of `threads` threads, the calling one included.
  /// - Parameter cores: those that the process may use. More threads than these take turns: then
  ///   nobody spins while another thread needs the core, and a loop wakes only as many as can run.
  package init(threads: Int, cores: Int = Cores.available) {
    self.threads = max(1, threads)
    patience = threads > cores ? 0 : 20_000
    useful = threads > cores ? max(0, cores - 1) : .max
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
    participants.store(0, ordering: .releasing)
    generation.add(1, ordering: .sequentiallyConsistent)
    wakeSleepers()
    claim(body, count)
    // The other threads finish within one piece's time of this one: spinning is cheaper than
    // sleeping.
    var spins = 0
    while !participants.compareExchange(
      expected: 0, desired: Self.closed, ordering: .acquiringAndReleasing
    ).exchanged {
      spins += 1
      if spins > patience { sched_yield() }
    }
  }

  /// Joins the current loop.
  /// - Returns: false if there is none. Otherwise the loop does not end before `leave`.
  private func join() -> Bool {
    var count = participants.load(ordering: .acquiring)
    while count != Self.closed {
      let (joined, found) = participants.compareExchange(
        expected: count, desired: count + 1, ordering: .acquiringAndReleasing)
      if joined { return true }
      count = found
    }
    return false
  }

  private func leave() { participants.subtract(1, ordering: .releasing) }

  /// A worker counts itself as sleeping before it looks at the generation for the last time, so a
  /// worker not counted here has seen, or will see, the new generation.
  private func wakeSleepers() {
    let count = sleeping.load(ordering: .sequentiallyConsistent)
    guard count > 0 else { return }
    condition.lock()
    if useful == .max || isStopping.load(ordering: .relaxed) {
      condition.broadcast()
    } else {
      for _ in 0..<min(count, useful) { condition.signal() }
    }
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
      while generation.load(ordering: .acquiring) == seen && spins < patience { spins += 1 }
      if generation.load(ordering: .acquiring) == seen { sleep(while: seen) }
      seen = generation.load(ordering: .acquiring)
      if isStopping.load(ordering: .acquiring) { return }
      guard join() else { continue }
      if let body = job.body { claim(body, job.count) }
      leave()
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
