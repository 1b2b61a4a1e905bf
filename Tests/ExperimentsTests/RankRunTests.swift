import BundleSupport
import Datasets
import Experiments
import Files
import Foundation
import Models
import Synchronization
import Tensors
import TestSupport
import Testing

/// Whole runs on several ranks, from data to stored files; ranks are threads here.
@Suite struct RankRunTests {
  private static let iterations = 6

  private let temporary: TemporaryFolder
  private let dataset: CamVidDataset

  init() throws {
    temporary = try TemporaryFolder()
    // The last evaluated batch is not full, and on four ranks one has none.
    dataset = try writeCamVid(
      to: temporary.file("camvid"), sizes: Array(repeating: (33, 40), count: 10))
  }

  private func configuration(
    loss: String = "recall(momentum: 0.5)", syncsBatchNorm: Bool = true
  ) -> RunConfiguration {
    var c = RunConfiguration(
      data: DataConfiguration(
        name: .camvid, source: .real, split: .official, height: 33, width: 40, augmentation: .flip,
        evaluate: .test),
      backbone: .resnet18, width: 1 / 16, loss: loss,
      training: TrainingConfiguration(
        iterations: Self.iterations, batch: 4, learningRate: 1e-3, checkpoint: .best,
        validateEvery: 3),
      seed: 1,
      evaluation: EvaluationConfiguration(boundary: true, calibration: true))
    c.training.syncBatchNorm = syncsBatchNorm ? nil : false
    return c
  }

  /// What a session on some ranks came to.
  private struct Session {
    /// Of each rank; empty where it was interrupted.
    var failures: [String] = []
    var wereInterrupted: [Bool] = []
    /// How often each rank reported progress.
    var reports: [Int] = []
  }

  /// - Parameter stop: how often the last rank is asked whether to stop before it says yes; nil: it never
  ///   does.
  private func session(
    _ c: RunConfiguration, _ name: String, ranks: Int, stop: Int? = nil
  ) throws -> Session {
    let output = temporary.file(name)
    try RunFolder(SweepFolder(output), configuration: c).prepare()
    let reports = Mutex([Int](repeating: 0, count: ranks))
    let dataset = self.dataset
    let results = ThreadRanks.run(ranks) { communicator in
      let compute = Compute(threads: 1, ranks: communicator)
      let data = try RunData(
        c.data, dataset: dataset, needsValidation: true, compute: compute)
      var asked = 0
      try trainRun(
        c, data: data, folder: RunFolder(SweepFolder(output), configuration: c), compute: compute,
        checkpointEverySeconds: 0, environment: exampleEnvironment,
        progress: { _ in reports.withLock { $0[communicator.rank] += 1 } },
        isInterrupted: {
          asked += 1
          return communicator.rank == ranks - 1 && stop.map { asked > $0 } ?? false
        })
    }
    var session = Session(reports: reports.withLock { $0 })
    for result in results {
      let message = failure { try result.get() }
      session.wereInterrupted.append(message?.contains("Interrupted") == true)
      session.failures += [message].compactMap(\.self)
    }
    return session
  }

  private func folder(_ c: RunConfiguration, _ name: String) throws -> RunFolder {
    try RunFolder(SweepFolder(temporary.file(name)), configuration: c)
  }

  /// The digests of a finished run's files, without its times and its number of ranks.
  private func digests(_ c: RunConfiguration, _ name: String) throws -> [String] {
    let folder = try folder(c, name)
    let text = try String(contentsOf: folder.file("run.json"), encoding: .utf8)
    let timeless = text.replacing(/"(training|evaluation)Seconds" : [^,\n]*/, with: "")
      .replacing(/"seal" : "[0-9a-f]{64}"/, with: "").replacing(/"ranks" : [0-9]+,\s*/, with: "")
    return try ["weights.safetensors", "arrays.npz"].map {
      sha256(try Data(contentsOf: folder.file($0)))
    } + [sha256(Data(timeless.utf8))]
  }

  private func finish(
    _ c: RunConfiguration, _ name: String, ranks: Int
  ) throws -> [String] {
    let session = try session(c, name, ranks: ranks)
    #expect(session.failures == [])
    // Rank 0 alone reports.
    #expect(session.reports[0] > 0 && session.reports.dropFirst().allSatisfy { $0 == 0 })
    let record = try RunFolder.load(folder(c, name).url)
    #expect(record.environment.ranks == (ranks == 1 ? nil : ranks))
    return try digests(c, name)
  }

  /// From one checkpoint at the end of training, any number of ranks evaluate to the same bits: confusion
  /// matrices, prior correction, boundaries, calibration, predictions.
  @Test func evaluationIsTheSameBits() throws {
    let c = configuration()
    var all: [[String]] = []
    for ranks in [1, 2, 4] {
      // The question after the last iteration is asked in the evaluation.
      let stopped = try session(c, "r\(ranks)", ranks: 1, stop: Self.iterations)
      #expect(stopped.wereInterrupted == [true])
      all.append(try finish(c, "r\(ranks)", ranks: ranks))
    }
    #expect(all[1] == all[0] && all[2] == all[0])
  }

  /// An interruption, at any time and of any rank, changes no bit if as many ranks go on; others go on
  /// from the same checkpoint, each number to bits of its own.
  @Test(arguments: [true, false])
  func interruptedRunsAreTheSameBits(syncsBatchNorm: Bool) throws {
    let c = configuration(syncsBatchNorm: syncsBatchNorm)
    let calm = try finish(c, "calm", ranks: 2)
    for stop in [0, 3, Self.iterations] {
      let stopped = try session(c, "stop\(stop)", ranks: 2, stop: stop)
      #expect(stopped.wereInterrupted == [true, true])
      #expect(try finish(c, "stop\(stop)", ranks: 2) == calm)
    }
    for ranks in [1, 4] {
      let twice = try ["a", "b"].map { name in
        _ = try session(c, "\(name)\(ranks)", ranks: 2, stop: 3)
        return try finish(c, "\(name)\(ranks)", ranks: ranks)
      }
      #expect(twice[0] == twice[1])
    }
  }

  /// Losses of the history, of which those after the third iteration are trained by other ranks.
  @Test func otherRanksGoOnWithTheSameTraining() throws {
    var c = configuration()
    c.training.learningRate = 1e-5
    func losses(_ name: String) throws -> [Double] {
      try RunFolder.load(folder(c, name).url).history.map(\.loss)
    }
    _ = try finish(c, "one", ranks: 1)
    let one = try losses("one")
    for (first, second) in [(2, 4), (4, 1), (1, 2)] {
      let name = "\(first)-\(second)"
      _ = try session(c, name, ranks: first, stop: 3)
      _ = try finish(c, name, ranks: second)
      for (a, b) in zip(try losses(name), one) { #expect(abs(a - b) < 1e-5 * b, "\(name)") }
    }
  }

  @Test func batchThatCannotBeSharedIsRefused() throws {
    let session = try session(configuration(), "three", ranks: 3)
    #expect(
      session.failures
        == Array(
          repeating:
            "a batch of 4 images cannot be shared equally by 3 ranks; start one of 1, 2, 4, or "
            + "change training.batch", count: 3))
  }

  /// What one rank fails at, all throw; without another failure, an interruption of any.
  @Test func ranksFailTogether() throws {
    func outcomes(_ failing: [Int: any Error & Sendable]) -> [String] {
      ThreadRanks.run(3) { ranks in
        try Compute(ranks: ranks).agreed { if let error = failing[ranks.rank] { throw error } }
      }.map { result in failure { try result.get() } ?? "" }
    }
    #expect(outcomes([:]) == ["", "", ""])
    let problem = UserError(path: "a.png", problem: "is damaged")
    #expect(outcomes([1: problem]) == Array(repeating: "a.png: is damaged", count: 3))
    #expect(
      outcomes([0: Interrupted(), 2: problem]) == Array(repeating: "a.png: is damaged", count: 3))
    #expect(outcomes([2: Interrupted()]).allSatisfy { $0.contains("Interrupted") })
  }

  /// A file that one rank cannot read ends all.
  @Test func ranksWithOtherDataAreRefused() throws {
    let c = configuration()
    let (output, dataset) = (temporary.file("other"), self.dataset)
    try RunFolder(SweepFolder(output), configuration: c).prepare()
    let results = ThreadRanks.run(2) { communicator in
      let compute = Compute(threads: 1, ranks: communicator)
      var limited = c.data
      if communicator.rank == 1 { limited.trainLimit = 9 }
      let data = try RunData(limited, dataset: dataset, needsValidation: true, compute: compute)
      try trainRun(
        c, data: data, folder: RunFolder(SweepFolder(output), configuration: c), compute: compute,
        checkpointEverySeconds: 1e9, environment: exampleEnvironment, progress: { _ in },
        isInterrupted: { false })
    }
    for result in results {
      #expect(
        failure { try result.get() }?.contains("rank 1 has another data than rank 0") == true)
    }
  }
}
