import Experiments
import Foundation
import Report
import Testing

/// Rows of losses that are written in PyTorch.
@Suite struct TorchNamesTests {
  /// The summary and the page of tables.
  private func tables(_ digests: [String]) throws -> String {
    let runs = try digests.enumerated().map { index, digest in
      var configuration = try SyntheticSweep.configuration(loss: "torch:Mine", seed: 1)
      configuration.torch = TorchIdentity(
        name: "Mine", sha256: String(repeating: digest, count: 32))
      return SyntheticSweep.run(configuration, SyntheticSweep.matrix(poles: 50 + 10 * index))
    }
    let ce = try SyntheticSweep.run(
      SyntheticSweep.configuration(loss: "ce", seed: 1), SyntheticSweep.matrix(poles: 10))
    let files = try SyntheticSweep.written(
      ReportInput(profile: "quick", runs: runs + [ce], classes: [.synthia: SyntheticSweep.classes]))
    return try #require(files["summary.csv"]) + #require(files["tables.md"])
  }

  @Test func lossOfOneFileHasItsNameAndTheSettingOfTheOthers() throws {
    let summary = try tables(["ab"])
    #expect(summary.contains(",torch:Mine,"))
    #expect(!summary.contains("@") && !summary.contains("[A]") && !summary.contains("[B]"))
  }

  @Test func filesOfDifferentContentsAreNeverOneRow() throws {
    let summary = try tables(["ab", "cd"])
    #expect(summary.contains(",torch:Mine@abababab,"))
    #expect(summary.contains(",torch:Mine@cdcdcdcd,"))
    #expect(!summary.contains(",torch:Mine,"))
  }
}
