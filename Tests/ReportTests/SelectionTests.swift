import Experiments
import Foundation
import Metrics
import Report
import Testing

/// What choosing the checkpoint on the scored split adds, and whether it reorders the losses.
@Suite struct SelectionTests {
  /// By loss: mean IoU of the last and of the best weights, for each seed.
  private static func input(
    _ scores: [String: [(last: Double, best: Double)]], scoresValidation: Bool = true
  ) throws -> ReportInput {
    var runs: [ReportedRun] = []
    for (loss, values) in scores {
      for (seed, value) in values.enumerated() {
        var configuration = try SyntheticSweep.configuration(loss: loss, seed: UInt64(seed + 1))
        if scoresValidation { configuration.data.evaluate = .validation }
        configuration.training.validateEvery = 100
        let matrix = SyntheticSweep.matrix(poles: 50)
        func score(_ iteration: Int, _ meanIoU: Double) -> CheckpointScores.Score {
          var score = CheckpointScores.Score(iteration: iteration, matrix)
          score.meanIoU = meanIoU
          return score
        }
        var run = ReportedRun(
          configuration: configuration, confusion: matrix, evaluatedImages: 2, seconds: 1,
          images: [matrix, matrix])
        run.checkpoints = CheckpointScores(
          best: score(200, value.best), last: score(300, value.last))
        runs.append(run)
      }
    }
    return ReportInput(profile: "made up", runs: runs, classes: [.synthia: SyntheticSweep.classes])
  }

  private func section(_ id: String, _ input: ReportInput) throws -> String {
    let page = try #require(try SyntheticSweep.written(input)["claims.md"])
    return String(try #require(page.components(separatedBy: "### \(id)\n").last))
      .components(separatedBy: "\n### ")[0]
  }

  /// Additions of 2 and 4 points: 3 on average, a little different from seed to seed.
  @Test func additionIsMeasuredForEachLoss() throws {
    let input = try Self.input([
      "ce": [(0.30, 0.320), (0.31, 0.331), (0.32, 0.340)],
      "recall": [(0.40, 0.440), (0.41, 0.451), (0.42, 0.460)],
    ])
    let adds = try section("selection-adds", input)
    #expect(adds.contains("**supported**") && adds.contains("+3.03 over 3 seeds"))
    #expect(adds.contains("- ce: +2.03") && adds.contains("- recall: +4.03"))
    let order = try section("selection-order", input)
    #expect(
      order.contains("**supported**") && order.contains("0 of 1 pairs of losses change places"))
    #expect(order.contains("order by the last weights: recall \\> ce"))
  }

  @Test func certainExchangeIsContradicted() throws {
    let input = try Self.input([
      "ce": [(0.30, 0.400), (0.31, 0.411), (0.32, 0.420)],
      "recall": [(0.35, 0.351), (0.361, 0.362), (0.37, 0.371)],
    ])
    let order = try section("selection-order", input)
    #expect(order.contains("**contradicted**"))
    #expect(order.contains("1 of 1 pairs of losses change places (ce and recall)"))
    let files = try SyntheticSweep.written(input)
    let table = try #require(files.markdown(of: "synthia-resnet18-checkpoints"))
    #expect(table.contains("order by the best weights: ce \\> recall"))
  }

  @Test func exchangeWithinTheNoiseIsInconclusive() throws {
    let input = try Self.input([
      "ce": [(0.30, 0.40), (0.40, 0.42), (0.20, 0.30)],
      "recall": [(0.35, 0.36), (0.30, 0.38), (0.31, 0.33)],
    ])
    #expect(try section("selection-order", input).contains("? inconclusive"))
  }

  @Test func oneSeedGivesNoVerdict() throws {
    let input = try Self.input(["ce": [(0.30, 0.40)], "recall": [(0.35, 0.36)]])
    for id in ["selection-adds", "selection-order"] {
      #expect(try section(id, input).contains("① one seed: no verdict"))
    }
  }

  @Test func separateValidationSplitIsNotTested() throws {
    let input = try Self.input(
      ["ce": [(0.3, 0.4), (0.3, 0.5)], "recall": [(0.3, 0.4), (0.3, 0.5)]], scoresValidation: false)
    for id in ["selection-adds", "selection-order"] {
      let text = try section(id, input)
      #expect(text.contains("– not tested") && text.contains("the test split is scored"))
    }
  }

  @Test func runsWithoutBothScoresAreNotTested() throws {
    var input = try Self.input(["ce": [(0.3, 0.4)], "recall": [(0.3, 0.4)]])
    for index in input.runs.indices { input.runs[index].checkpoints = nil }
    #expect(try section("selection-adds", input).contains("– not tested"))
  }
}
