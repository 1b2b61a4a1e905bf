import Experiments
import Foundation
import Metrics
import Report
import Testing

/// A search in a report: CE's rate and focal loss's parameter are tuned.
@Suite struct TunedTablesTests {
  private static func configuration(
    _ loss: String, _ rate: Double, seed: UInt64
  ) throws -> RunConfiguration {
    var configuration = try SyntheticSweep.configuration(loss: loss, seed: seed)
    configuration.training.learningRate = rate
    return configuration
  }

  private static func input(isFinished: Bool = true) throws -> ReportInput {
    func trial(_ loss: String, _ rate: Double) -> Tuning.Trial {
      Tuning.Trial(loss: loss, learningRate: rate)
    }
    // By loss, rate, seed: mean IoU on the validation split, and the poles that are found.
    var runs: [(String, Double, UInt64, Double, Int)] = [
      ("ce", 0.001, 7, 0.40, 50), ("ce", 0.003, 7, 0.45, 90),
      ("focal(gamma: 1)", 0.001, 7, 0.41, 50), ("focal(gamma: 2)", 0.001, 7, 0.46, 80),
    ]
    if isFinished {
      for seed in [1, 2] as [UInt64] {
        runs += [
          ("ce", 0.001, seed, 0.4, 50), ("ce", 0.003, seed, 0.4, 70),
          ("focal(gamma: 1)", 0.001, seed, 0.4, 60), ("focal(gamma: 2)", 0.001, seed, 0.4, 50),
        ]
      }
    }
    var input = ReportInput(
      profile: "tuned",
      runs: try runs.map { loss, rate, seed, score, poles in
        var run = SyntheticSweep.run(
          try configuration(loss, rate, seed: seed), SyntheticSweep.matrix(poles: poles))
        run.images = [run.confusion, run.confusion]
        run.history = [HistoryEntry(iteration: 300, loss: 1, validationMeanIoU: score)]
        return run
      }, classes: [.synthia: SyntheticSweep.classes])
    input.tuning = [
      TunedLoss(
        fixed: try configuration("focal(gamma: 1)", 0.001, seed: 0),
        trials: [trial("focal(gamma: 1)", 0.001), trial("focal(gamma: 2)", 0.001)],
        trialSeeds: [7], chosen: isFinished ? trial("focal(gamma: 2)", 0.001) : nil, seeds: [1, 2]),
      TunedLoss(
        fixed: try configuration("ce", 0.001, seed: 0),
        trials: [trial("ce", 0.001), trial("ce", 0.003)], trialSeeds: [7],
        chosen: isFinished ? trial("ce", 0.003) : nil, seeds: [1, 2]),
    ]
    return input
  }

  private func lines(_ text: String?) throws -> [String] {
    try #require(text).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }

  /// Mean accuracy (80 + poles + 100 + 75) / 4, as in `VariantsTests`.
  @Test func fixedAndTunedStandSideBySide() throws {
    let files = try SyntheticSweep.written(Self.input())
    let rows = try lines(files["tables/synthia-resnet18-tuned.csv"])
    #expect(rows[0].hasPrefix("metric,loss,fixed,fixed sd,tuned,tuned sd,tuned - fixed"))
    #expect(rows[1].hasPrefix("mean_iou,ce: ce at 0.003,"))
    #expect(rows.contains("mean_accuracy,ce: ce at 0.003,76.25,0.00,81.25,0.00,5.00,0.00"))
    #expect(
      rows.contains(
        "mean_accuracy,focal(gamma: 1): focal(gamma: 2) at 0.001,78.75,0.00,76.25,0.00,-2.50,0.00"))
    let markdown = try #require(files.markdown(of: "synthia-resnet18-tuned"))
    #expect(markdown.contains("Every loss had 2 trials"))
    #expect(markdown.contains("validation split, which is not scored"))
    let chosen = try #require(files.panel("S18-B"))
    #expect(chosen.contains("\\[B\\] Rendered stand-in"))
    #expect(chosen.contains("learning rate and the parameters chosen for each loss"))
  }

  @Test func everyTrialIsListed() throws {
    let files = try SyntheticSweep.written(Self.input())
    #expect(
      try lines(files["tables/synthia-resnet18-trials.csv"]).dropFirst() == [
        "validation_mean_iou,ce at 0.001,40.00,", "validation_mean_iou,ce at 0.003 (chosen),45.00,",
        "validation_mean_iou,focal(gamma: 1) at 0.001,41.00,",
        "validation_mean_iou,focal(gamma: 2) at 0.001 (chosen),46.00,",
      ])
  }

  /// Other tables have the fixed setting and the chosen one, of the sweep's seeds alone.
  @Test func trialsAreInNoOtherTable() throws {
    let files = try SyntheticSweep.written(Self.input())
    let summary = try lines(files["summary.csv"])
    #expect(summary.count == 1 + 8 && !summary.contains { $0.contains(",7,") })
    // The rate that the search chose.
    #expect(summary.contains { $0.hasPrefix("S18-B,synthia,deeplabv3,resnet18,ce,1,300,4,0.003,") })
    #expect(summary.contains { $0.hasPrefix("S18-A,synthia,deeplabv3,resnet18,ce,1,300,4,0.001,") })
    let minority = try lines(files["tables/synthia-resnet18-minority.csv"])
    #expect(minority.contains { $0.hasPrefix("accuracy,ce [A],") })
    #expect(minority.contains { $0.hasPrefix("accuracy,focal(gamma: 2) [B],") })
    #expect(!minority.contains { $0.hasPrefix("accuracy,focal(gamma: 2) [A],") })
    #expect(!files.keys.contains { $0.contains("learning-rates") })
    #expect(files["tables/synthia-resnet18-differences-b.csv"] != nil)
  }

  @Test func scoredValidationSplitIsSaid() throws {
    var input = try Self.input()
    for index in input.runs.indices { input.runs[index].configuration.data.evaluate = .validation }
    for index in input.tuning.indices { input.tuning[index].fixed.data.evaluate = .validation }
    let markdown = try #require(
      try SyntheticSweep.written(input).markdown(of: "synthia-resnet18-tuned"))
    #expect(markdown.contains("which here is also the scored split"))
  }

  /// Parameters chosen on one data set are no gap on another.
  @Test func choiceInOnePanelIsNotMissingInAnother() throws {
    var input = try Self.input()
    input.classes[.cityscapes] = SyntheticSweep.classes
    for run in input.runs where run.configuration.loss != "focal(gamma: 2)" {
      var run = run
      run.configuration.data.name = .cityscapes
      input.runs.append(run)
    }
    for var search in input.tuning {
      search.fixed.data.name = .cityscapes
      search.chosen = search.trials[0]
      input.tuning.append(search)
    }
    let page = try #require(try SyntheticSweep.written(input)["tables.md"])
    #expect(page.contains("Cityscapes") && !page.contains("Gaps (a dash"))
  }

  @Test func unfinishedSearchHasNoRunsToCompare() throws {
    #expect(throws: Never.self) {
      var input = try Self.input(isFinished: false)
      input.planned = [try Self.configuration("ce", 0.001, seed: 1)]
      let files = try SyntheticSweep.written(input)
      let rows = try lines(files["tables/synthia-resnet18-tuned.csv"])
      #expect(rows[1].hasPrefix("mean_iou,ce: not chosen yet,,"))
      #expect(try lines(files["tables/synthia-resnet18-trials.csv"]).count == 5)
    }
  }
}
