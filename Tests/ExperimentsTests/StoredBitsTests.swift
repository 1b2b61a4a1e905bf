import Datasets
import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// The runs in the repository are what this code computes.
@Suite struct StoredBitsTests {
  private static let results = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "results")
  /// The one of `quick` that takes least time.
  private static let run = "synthia-resnet18-balanced_ce-s1-60e0b63b6476"

  private static func stored() throws -> RunRecord {
    try RunFolder.load(results.appending(path: "quick/runs/\(run)"))
  }

  /// Bits are the same on one kind of CPU with one BLAS.
  private static let isSameMachine: Bool = {
    let now = RunEnvironment.current(threads: 1)
    guard let stored = try? stored().environment else { return true }
    return (stored.cpu, stored.blas) == (now.cpu, now.blas)
  }()

  /// A run of 300 steps that is trained again has all bits of the stored one. This is what
  /// `EquivalentCode` rests on.
  @Test(.enabled(if: isSameMachine, "the stored runs are of another kind of CPU or BLAS"))
  func storedRunIsTrainedToTheSameBits() throws {
    let temporary = try TemporaryFolder()
    let stored = try Self.stored()
    let again = try SweepFolder(temporary.file("out")).train(
      again: stored, data: DataFolders(paths: [:], cache: temporary.file("data")), threads: 2)
    #expect(again.differences(from: stored) == [])
    #expect(again.confusions.count == 128 && again.history.count == 100)
  }

  /// Every committed run records its code, with the list of its files beside it, so that compare
  /// needs no history: either it is called equivalent to this code, or the files that differ are
  /// named.
  @Test(arguments: ["quick", "camvid", "camvid-peers", "lr-search", "necessity"])
  func committedRunsRecordTheirCode(sweep: String) throws {
    let folder = Self.results.appending(path: sweep)
    let records = try SweepFolder(folder).loadAll()
    #expect(!records.isEmpty && records.allSatisfy { $0.environment.code != nil })
    let message = failure { try Baselines(folder: folder, records: records).checkCode() }
    #expect(message?.contains("there are changes in Sources/") != false)
  }
}
