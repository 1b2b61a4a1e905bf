import Experiments
import Foundation
import Report
import Testing

/// Rows of losses that are written in PyTorch.
@Suite struct TorchNamesTests {
  /// The summary and the page of tables.
  private func tables(_ digests: [String], name: String = "Mine") throws -> String {
    let runs = try digests.enumerated().map { index, digest in
      var configuration = try SyntheticSweep.configuration(loss: "torch:\(name)", seed: 1)
      configuration.torch = TorchIdentity(
        name: name, sha256: String(repeating: digest, count: 32))
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
    #expect(summary.contains(",Mine,"))
    #expect(!summary.contains("@") && !summary.contains("[A]") && !summary.contains("[B]"))
  }

  @Test func lossCalledAsABuiltInOneIsTold() throws {
    let summary = try tables(["ab"], name: "ce")
    #expect(summary.contains(",torch:ce,") && summary.contains(",ce,"))
  }

  @Test func filesOfDifferentContentsAreNeverOneRow() throws {
    let summary = try tables(["ab", "cd"])
    #expect(summary.contains(",Mine@abababab,"))
    #expect(summary.contains(",Mine@cdcdcdcd,"))
    #expect(!summary.contains(",Mine,"))
  }
}
