import Datasets
import Experiments
import Report
import Testing

/// Scores over all panels, worked out by hand from `SyntheticSweep.matrix`: mean accuracies of 76.25,
/// 81.25 and 86.25 percent for 50, 70 and 90 poles.
@Suite struct AggregatesTests {
  private func input(_ poles: [(DatasetName, String, [Int])]) throws -> ReportInput {
    ReportInput(
      profile: "panels",
      runs: try poles.flatMap { dataset, loss, poles in
        try poles.enumerated().map { seed, poles in
          SyntheticSweep.run(
            try SyntheticSweep.configuration(dataset, loss: loss, seed: UInt64(seed + 1)),
            SyntheticSweep.matrix(poles: poles))
        }
      },
      classes: [.synthia: SyntheticSweep.classes, .cityscapes: SyntheticSweep.classes])
  }

  private static let twoPanels: [(DatasetName, String, [Int])] = [
    (.synthia, "ce", [50, 70]), (.synthia, "recall", [90, 90]),
    (.cityscapes, "ce", [70, 70]), (.cityscapes, "recall", [50, 90]),
  ]

  @Test func quantitiesAreOfAllPanels() throws {
    let files = try SyntheticSweep.written(input(Self.twoPanels))
    let csv = try #require(files["tables/aggregates.csv"])
    #expect(csv.contains("\nmean_accuracy,ce,interquartile mean (%),81.2500,"))
    #expect(csv.contains("\nmean_accuracy,recall,interquartile mean (%),86.2500,"))
    // Both seeds win in one panel, one of two in the other.
    #expect(csv.contains("\nmean_accuracy,recall,P(above ce),0.7500,0.5000,1.0000\n"))
    #expect(csv.contains("\nmean_accuracy,ce,P(above recall),0.2500,0.0000,0.5000\n"))
    #expect(!csv.contains("ce,P(above ce)"))
    let page = try #require(files["report.html"])
    #expect(page.contains("id=\"aggregates\"") && page.contains("id=\"profiles-profiles\""))
    #expect(try #require(files["tables.md"]).contains("Over 2 panels (SYNTHIA"))
  }

  /// All runs are above 0; a quarter of recall's is not above 76.25, none above 86.25.
  @Test func profileStepsDownAtEachRun() throws {
    let files = try SyntheticSweep.written(input(Self.twoPanels))
    let blocks = try #require(files["figures/profiles.dat"]).components(separatedBy: "\n\n\n")
    let recall = try #require(blocks.first { $0.contains("# recall, mean accuracy") })
    #expect(recall.contains("\n0.00 100.000\n76.25 100.000\n76.25 75.000\n86.25 75.000\n"))
    #expect(recall.trimmed.hasSuffix("86.25 0.000"))
    #expect(try #require(files["figures/profiles.gp"]).contains("set xlabel 'score (%)'"))
  }

  @Test func oneSeedHasNoIntervals() throws {
    let one = Self.twoPanels.map { ($0.0, $0.1, Array($0.2.prefix(1))) }
    let files = try SyntheticSweep.written(input(one))
    let csv = try #require(files["tables/aggregates.csv"])
    #expect(
      try #require(files["tables/captions.md"]).contains(
        "No intervals where a loss has a single seed in a panel"))
    #expect(csv.contains("\nmean_accuracy,recall,P(above ce),0.5000,,\n"))
  }

  @Test func whatIsNotInEveryPanelIsLeftOut() throws {
    let more = Self.twoPanels + [(.synthia, "lovasz", [50, 50])]
    let all = try SyntheticSweep.written(input(more))
    let csv = try #require(all["tables/aggregates.csv"])
    #expect(
      try #require(all["tables/captions.md"]).contains("Left out: lovasz, which lacks a panel."))
    #expect(!csv.contains(",lovasz,"))
    let single = Array(Self.twoPanels.prefix(2))
    let files = try SyntheticSweep.written(input(single))
    #expect(files["tables/aggregates.csv"] == nil && files["figures/profiles.dat"] == nil)
  }
}

extension String {
  fileprivate var trimmed: String { String(reversed().drop(while: \.isNewline).reversed()) }
}
