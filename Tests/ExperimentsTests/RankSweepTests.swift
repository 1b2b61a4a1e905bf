import BundleSupport
import Datasets
import Experiments
import Files
import Foundation
import Tensors
import TestSupport
import Testing

/// Sweeps on several ranks: rank 0 chooses and stores, the others follow. Ranks are threads here.
@Suite("Sweeps on several ranks") struct RankSweepTests {
  private let temporary: TemporaryFolder

  init() throws {
    temporary = try TemporaryFolder()
    _ = try writeCamVid(
      to: temporary.file("camvid"), sizes: Array(repeating: (32, 32), count: 4))
  }

  private func sweep(batch: Int) throws -> Sweep {
    var sweep = try Sweep(
      yaml: """
        name: tiny
        seeds: [1]
        backbones: [resnet18]
        losses: [ce, recall, lovasz]
        network: {width: 0.0625}
        training: {iterations: 4, batch: \(batch), learning_rate: 1e-3, validate_every: 2}
        datasets:
          camvid: {source: real, size: [32, 32], augmentation: flip}
        """, file: "tiny.yml")
    var selection = SweepOverrides()
    selection.paths = [.camvid: temporary.file("camvid")]
    try sweep.apply(selection)
    return sweep
  }

  /// - Returns: what rank 0 came to, and the messages of ranks that failed.
  private func run(
    _ output: String, ranks: Int, batch: Int = 4
  ) throws -> (first: RunQueue.Outcome?, failures: [String]) {
    let (sweep, folder, data) = (
      try sweep(batch: batch), temporary.file(output),
      DataFolders(
        paths: [.camvid: temporary.file("camvid")], cache: temporary.file("cache"))
    )
    let results = ThreadRanks.run(ranks) { communicator in
      var execution = SweepExecution(
        sweep: sweep, output: folder, threads: 1, addsToPlan: false, data: data,
        checkpointEverySeconds: 60)
      execution.ranks = communicator
      return try execution.run { false }
    }
    return (
      try? results[0].get(), results.compactMap { result in failure { _ = try result.get() } }
    )
  }

  @Test(arguments: [2, 4])
  func everyRunIsTrainedByAllRanksAndStoredOnce(ranks: Int) throws {
    let (first, failures) = try run("out", ranks: ranks)
    #expect(failures == [])
    #expect(first?.finished == 3 && first?.failures.isEmpty == true)
    let records = try SweepFolder(temporary.file("out")).loadAll()
    #expect(records.map(\.environment.ranks) == [ranks, ranks, ranks])
    #expect(!FileManager.default.fileExists(atPath: temporary.file("out/.claims").path))
    let (again, _) = try run("out", ranks: ranks)
    #expect(again?.skipped == 3 && again?.finished == 0)
    // Alone, up to the rounding of sums: scores of four steps hardly differ.
    let (alone, _) = try run("alone", ranks: 1)
    #expect(alone?.finished == 3)
    for (a, b) in zip(records, try SweepFolder(temporary.file("alone")).loadAll()) {
      #expect(a.name == b.name && b.environment.ranks == nil)
      for (x, y) in zip(a.history, b.history) { #expect(abs(x.loss - y.loss) < 1e-3 * y.loss) }
    }
  }

  @Test func batchThatCannotBeSharedStopsTheSweepBeforeItStarts() throws {
    let (first, failures) = try run("out", ranks: 4, batch: 2)
    #expect(first == nil)
    #expect(
      failures == [
        "a batch of 2 images cannot be shared equally by 4 ranks; start one of 1, 2, or change training.batch"
      ])
    #expect(!FileManager.default.fileExists(atPath: temporary.file("out/runs").path))
  }
}
