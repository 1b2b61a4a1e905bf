import Files
import Foundation
import Synchronization

/// Trains runs one after another, or several at once, each on its own threads.
package struct RunQueue: Sendable {
  /// Trains and evaluates one run in its prepared folder and marks it done.
  package typealias Train =
    @Sendable (RunFolder, _ progress: @escaping (RunProgress) -> Void) throws -> Void

  package enum Event: Sendable {
    case skipped(RunFolder)
    case started(RunFolder)
    case progress(RunFolder, RunProgress)
    case finished(RunFolder, RunRecord)
    /// Finished and stored, but it cannot be read back now.
    case unread(RunFolder, reason: String)
    case failed(RunFolder, reason: String)
    case interrupted(RunFolder)
  }

  package struct Failure: Hashable, Sendable {
    package var configuration: RunConfiguration
    package var reason: String
  }

  package struct Outcome: Sendable {
    package var finished = 0
    package var skipped = 0
    /// Failures in run order.
    package var failures: [Failure] = []
    /// Whether the queue stopped before all runs were tried.
    package var isInterrupted = false
  }

  package var folders: [RunFolder]
  package var jobs: Int
  /// Whether a run needs no training.
  package var isDone: @Sendable (RunFolder) -> Bool
  package var train: Train
  package var isInterrupted: @Sendable () -> Bool
  /// Called from several threads, but never concurrently.
  package var report: @Sendable (Event) -> Void

  package init(
    folders: [RunFolder], jobs: Int,
    isDone: @escaping @Sendable (RunFolder) -> Bool = { $0.isDone }, train: @escaping Train,
    isInterrupted: @escaping @Sendable () -> Bool,
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.folders = folders
    self.jobs = jobs
    self.isDone = isDone
    self.train = train
    self.isInterrupted = isInterrupted
    self.report = report
  }

  /// Skips finished runs, resumes unfinished ones, and continues when a run fails.
  package func run() -> Outcome {
    let reporting = Mutex(())
    let report: @Sendable (Event) -> Void = { event in
      reporting.withLock { _ in self.report(event) }
    }
    let done = folders.map(isDone)
    let pending = zip(folders, done).filter { !$1 }.map(\.0)
    for (folder, isDone) in zip(folders, done) where isDone { report(.skipped(folder)) }
    let next = Atomic<Int>(0)
    let results = Mutex([Int: Result<Void, any Error>]())
    inThreads(min(jobs, pending.count)) {
      while !isInterrupted() {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < pending.count else { return }
        let result = Result { try run(pending[index], report) }
        results.withLock { $0[index] = result }
      }
    }

    var outcome = Outcome()
    outcome.skipped = folders.count - pending.count
    let all = results.withLock { $0 }
    for (index, folder) in pending.enumerated() {
      switch all[index] {
      case .success: outcome.finished += 1
      case .failure(let error) where !(error is Interrupted):
        outcome.failures.append(
          Failure(configuration: folder.configuration, reason: oneLine(error)))
      default: outcome.isInterrupted = true
      }
    }
    return outcome
  }

  private func run(
    _ folder: RunFolder, _ report: @escaping @Sendable (Event) -> Void
  ) throws {
    do {
      try folder.prepare()
      try folder.save(failure: nil)
      report(.started(folder))
      try train(folder) { report(.progress(folder, $0)) }
      // Stored whole, it is finished, whether or not it can be read back now.
      do { report(.finished(folder, try RunFolder.load(folder.url))) } catch {
        guard RunFolder.isFinished(folder.url) else { throw error }
        report(.unread(folder, reason: oneLine(error)))
      }
    } catch is Interrupted {
      report(.interrupted(folder))
      throw Interrupted()
    } catch {
      let reason = oneLine(error)
      // If the reason cannot be stored either, the final list still reports it.
      try? folder.save(failure: reason)
      report(.failed(folder, reason: reason))
      throw error
    }
  }

  /// Runs `body` on `count` threads and waits for all of them.
  private func inThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let group = DispatchGroup()
    for index in 0..<max(0, count) {
      group.enter()
      let thread = Thread {
        body()
        group.leave()
      }
      thread.name = "run-\(index)"
      thread.stackSize = 16 << 20
      thread.start()
    }
    group.wait()
  }
}
