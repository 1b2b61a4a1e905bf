import Experiments
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Run queue")
struct RunQueueTests {
  private let temporary: TemporaryFolder
  private let folders: [RunFolder]

  init() throws {
    let temporary = try TemporaryFolder()
    self.temporary = temporary
    folders = try (1...6).map {
      try RunFolder(SweepFolder(temporary.url), configuration: exampleConfiguration(seed: $0))
    }
  }

  /// Runs all folders with `run` and returns the seeds it was called for, in order.
  private func run(
    jobs: Int = 2, isInterrupted: @escaping @Sendable () -> Bool = { false },
    _ run: @escaping @Sendable (RunFolder) throws -> Void
  ) -> (outcome: RunQueue.Outcome, seeds: [UInt64]) {
    let seen = Mutex<[UInt64]>([])
    let queue = RunQueue(
      folders: folders, jobs: jobs,
      train: { folder, _ in
        seen.withLock { $0.append(folder.configuration.seed) }
        try run(folder)
      }, isInterrupted: isInterrupted)
    let outcome = queue.run()
    return (outcome, seen.withLock { $0 })
  }

  @Test(arguments: [1, 2, 20])
  func everyRunIsTrainedOnce(jobs: Int) {
    let (outcome, seeds) = run(jobs: jobs, storeExample)
    #expect(seeds.sorted() == [1, 2, 3, 4, 5, 6])
    #expect(outcome.finished == 6)
    #expect(outcome.failures.isEmpty && !outcome.isInterrupted)
  }

  @Test func finishedRunsAreSkippedAndUntouched() throws {
    try storeExample(folders[1])
    try storeExample(folders[4])
    let before = try modificationTimes(folders[1].url)
    let (outcome, seeds) = run(jobs: 1, storeExample)
    #expect(seeds == [1, 3, 4, 6])
    #expect(outcome.finished == 4)
    #expect(outcome.skipped == 2)
    #expect(try modificationTimes(folders[1].url) == before)
  }

  @Test func failureIsListedAndStopsNothing() throws {
    let failing: @Sendable (RunFolder) throws -> Void = { folder in
      if folder.configuration.seed % 3 == 0 {
        throw UserError("seed \(folder.configuration.seed)\nbad")
      }
      try storeExample(folder)
    }
    let (outcome, seeds) = run(failing)
    #expect(seeds.sorted() == [1, 2, 3, 4, 5, 6])
    #expect(outcome.finished == 4)
    #expect(outcome.failures.map(\.reason) == ["seed 3 bad", "seed 6 bad"])
    let unfinished = try SweepFolder(temporary.url).loadUnfinished()
    #expect(Set(unfinished.map(\.failure)) == ["seed 3 bad", "seed 6 bad"])

    let again = run(storeExample)
    #expect(again.seeds.sorted() == [3, 6])
    #expect(try SweepFolder(temporary.url).loadUnfinished().isEmpty)
    #expect(try SweepFolder(temporary.url).loadAll().count == 6)
  }

  @Test func storedReasonNamesNoFolderOfThisMachine() throws {
    let place = temporary.url.path
    _ = run { _ in throw UserError(path: "\(place)/deep/a.png", problem: "cannot be read") }
    for folder in folders {
      let text = try String(contentsOf: folder.file("failed.txt"), encoding: .utf8)
      #expect(!text.contains(place) && text.hasSuffix("deep/a.png: cannot be read\n"), "\(text)")
    }
  }

  @Test func runThatStoresTooLittleHasFailed() {
    let (outcome, _) = run { try $0.prepare() }
    #expect(outcome.finished == 0)
    #expect(outcome.failures.count == 6)
  }

  @Test func interruptionKeepsCheckpointsAndGoesOn() throws {
    let flag = Mutex(false)
    let (outcome, seeds) = run(jobs: 1, isInterrupted: { flag.withLock { $0 } }) { folder in
      if folder.configuration.seed == 3 {
        try folder.saveCheckpoint(
          Checkpoint(iteration: 4, arrays: [], history: [], trainingSeconds: 1))
        flag.withLock { $0 = true }
        throw Interrupted()
      }
      try storeExample(folder)
    }
    #expect(seeds == [1, 2, 3])
    #expect(outcome.isInterrupted)
    #expect(outcome.failures.isEmpty)
    let found = Mutex<[UInt64: Int]>([:])
    let again = run(jobs: 1) { folder in
      let checkpoint = try folder.loadCheckpoint()
      found.withLock { $0[folder.configuration.seed] = checkpoint?.iteration }
      try storeExample(folder)
    }
    #expect(again.seeds == [3, 4, 5, 6])
    #expect(found.withLock { $0 } == [3: 4])
    #expect(!again.outcome.isInterrupted)
  }

  @Test func runsAreTrainedAtOnce() {
    // Each run waits until another one runs beside it; alone, it would give up.
    let inside = Atomic<Int>(0)
    let met = Atomic<Int>(0)
    _ = run(jobs: 2) { folder in
      inside.add(1, ordering: .sequentiallyConsistent)
      for _ in 0..<2000 where met.load(ordering: .sequentiallyConsistent) == 0 {
        if inside.load(ordering: .sequentiallyConsistent) == 2 {
          met.store(1, ordering: .sequentiallyConsistent)
        }
        usleep(1000)
      }
      inside.subtract(1, ordering: .sequentiallyConsistent)
      try storeExample(folder)
    }
    #expect(met.load(ordering: .sequentiallyConsistent) == 1)
  }

  /// Two queues as two processes have them, on the same runs.
  @Test(arguments: [1, 2])
  func twoQueuesShareTheRuns(jobs: Int) {
    let seen = Mutex<[UInt64]>([])
    let queue = RunQueue(
      folders: folders, jobs: jobs, claims: SweepFolder(temporary.url).claims,
      train: { folder, _ in
        seen.withLock { $0.append(folder.configuration.seed) }
        usleep(20_000)
        try storeExample(folder)
      }, isInterrupted: { false })
    let outcomes = Mutex<[RunQueue.Outcome]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
      let outcome = queue.run()
      outcomes.withLock { $0.append(outcome) }
    }
    let all = outcomes.withLock(\.self)
    #expect(seen.withLock { $0.sorted() } == [1, 2, 3, 4, 5, 6])
    #expect(all.map { $0.finished + $0.elsewhere + $0.skipped } == [6, 6])
    #expect(all.map(\.finished).reduce(0, +) == 6)
    #expect(!FileManager.default.fileExists(atPath: temporary.file(".claims").path))
  }

  @Test func whatFailedTwiceForOneReasonIsNotTriedAgain() throws {
    let seen = Mutex(0)
    let queue = RunQueue(
      folders: [folders[0]], jobs: 1, claims: SweepFolder(temporary.url).claims,
      train: { _, _ in
        seen.withLock { $0 += 1 }
        throw UserError("no room")
      }, isInterrupted: { false })
    for _ in 1...3 { #expect(queue.run().failures.map(\.reason) == ["no room"]) }
    #expect(seen.withLock(\.self) == 2)
  }

  @Test func runsOfOthersAreLeftOrWaitedFor() throws {
    let claims = SweepFolder(temporary.url).claims
    guard case .made(let claim) = try claims.claim(folders[2].name) else {
      Issue.record("the claim is free")
      return
    }
    var queue = RunQueue(
      folders: folders, jobs: 2, claims: claims, waitsForOthers: false,
      train: { folder, _ in try storeExample(folder) }, isInterrupted: { false })
    let (left, finished) = (queue.run(), folders.filter(\.isDone).count)
    #expect(left.finished == 5 && left.left == 1 && finished == 5 && !left.isInterrupted)
    queue.waitsForOthers = true
    let folder = folders[2]
    Thread.detachNewThread {
      usleep(300_000)
      try? folder.prepare()
      try? storeExample(folder)
      claim.release()
    }
    let waited = queue.run()
    #expect(waited.finished == 0 && waited.elsewhere == 1 && waited.skipped == 5)
  }

  @Test func planKeepsEarlierRunsWhenOnesAreAdded() throws {
    let first = SweepPlan(name: "quick", runs: [exampleConfiguration()])
    try first.save(to: temporary.url, adding: false)
    let more = SweepPlan(
      name: "other", runs: [exampleConfiguration(), exampleConfiguration(loss: "recall")])
    try more.save(to: temporary.url, adding: true)
    let plan = try #require(try SweepPlan.load(temporary.url))
    #expect(plan.name == "quick")
    #expect(plan.runs.map(\.loss) == ["ce", "recall"])
  }

  private func modificationTimes(_ folder: URL) throws -> [String: Date?] {
    var times: [String: Date?] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: folder.appending(path: name).path)
      times[name] = attributes[.modificationDate] as? Date
    }
    return times
  }
}
