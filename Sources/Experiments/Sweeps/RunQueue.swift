import Files
import Foundation
import Synchronization

/// Trains runs one after another, or several at once, each on its own threads. Other processes may work
/// on the same runs: each is trained by one of them, and this one waits for theirs and goes on with
/// those of processes that have died.
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
    /// Finished by another process.
    case elsewhere(RunFolder)
    /// Another process, which took this one for dead, goes on with the run.
    case lost(RunFolder)
    /// Other processes train the runs that are left.
    case waiting([ClaimFolder.Standing])
  }

  package struct Failure: Hashable, Sendable {
    package var configuration: RunConfiguration
    package var reason: String
  }

  package struct Outcome: Sendable {
    package var finished = 0
    package var skipped = 0
    /// Runs that other processes finished meanwhile.
    package var elsewhere = 0
    /// Runs that other processes are training, which this one did not wait for.
    package var left = 0
    /// Failures in run order.
    package var failures: [Failure] = []
    /// Whether the queue stopped before all runs were tried.
    package var isInterrupted = false

    mutating func add(_ folder: RunFolder, _ reason: String) {
      failures.append(Failure(configuration: folder.configuration, reason: reason))
    }
  }

  package var folders: [RunFolder]
  package var jobs: Int
  /// Whether a run needs no training.
  package var isDone: @Sendable (RunFolder) -> Bool
  package var train: Train
  /// Who else trains these runs; nil if nobody does.
  package var claims: ClaimFolder?
  /// Whether to wait for the runs that other processes are training.
  package var waitsForOthers = true
  /// Whether to train on the thread that calls `run`, one run at a time.
  package var usesCallingThread = false
  package var isInterrupted: @Sendable () -> Bool
  /// Called from several threads, but never concurrently.
  package var report: @Sendable (Event) -> Void

  package init(
    folders: [RunFolder], jobs: Int,
    isDone: @escaping @Sendable (RunFolder) -> Bool = { $0.isDone },
    claims: ClaimFolder? = nil, waitsForOthers: Bool = true, usesCallingThread: Bool = false,
    train: @escaping Train,
    isInterrupted: @escaping @Sendable () -> Bool,
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.folders = folders
    self.jobs = jobs
    self.isDone = isDone
    (self.claims, self.waitsForOthers) = (claims, waitsForOthers)
    self.usesCallingThread = usesCallingThread
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
    let turns = RunTurns(pending, claims, waitsForOthers: waitsForOthers, isDone: isDone)
    let outcome = Mutex(Outcome(skipped: folders.count - pending.count))
    if usesCallingThread {
      work(turns, outcome, report)
    } else {
      inThreads(min(jobs, pending.count)) { work(turns, outcome, report) }
    }
    var result = outcome.withLock(\.self)
    let places = Dictionary(
      folders.enumerated().map { ($1.configuration, $0) }, uniquingKeysWith: { first, _ in first })
    result.failures.sort {
      places[$0.configuration, default: 0] < places[$1.configuration, default: 0]
    }
    return result
  }

  /// Takes runs until none is left for this process.
  private func work(
    _ turns: RunTurns, _ outcome: borrowing Mutex<Outcome>,
    _ report: @escaping @Sendable (Event) -> Void
  ) {
    var pause = Pause()
    while !isInterrupted() {
      switch turns.next() {
      case .end: return
      case .train(let folder):
        pause = Pause()
        let result = Result { try run(folder, report) }
        outcome.withLock { turns.end(folder, result, &$0) }
      case .elsewhere(let folder):
        outcome.withLock { $0.elsewhere += 1 }
        report(.elsewhere(folder))
      case .hopeless(let folder, let reason):
        outcome.withLock { $0.add(folder, reason) }
        report(.failed(folder, reason: reason))
      case .waiting(let owners):
        report(.waiting(owners))
        pause.sleep()
      case .left(let owners):
        outcome.withLock { $0.left = owners.count }
        report(.waiting(owners))
      }
    }
    if !turns.isOver { outcome.withLock { $0.isInterrupted = true } }
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
    } catch is ClaimLost {
      report(.lost(folder))
      throw ClaimLost()
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
