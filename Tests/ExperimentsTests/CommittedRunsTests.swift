import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// The runs in the repository.
@Suite struct CommittedRunsTests {
  private static let results = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "results")

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
