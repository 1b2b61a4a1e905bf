import Datasets
import Experiments
import Files
import Foundation
import Metrics
import Models
import Report
import Tensors
import Testing

/// The paper's order of the losses against that of runs made up to follow it.
@Suite struct OrdersTests {
  /// In the order of Fig. 1's mean accuracy, by the share of sign pixels that are found.
  private static let found: [(loss: String, found: Double)] = [
    ("ohem(keep: 0.7)", 0.20), ("ce", 0.30), ("focal(gamma: 1)", 0.40), ("lovasz", 0.50),
    ("soft_iou", 0.60), ("recall", 0.70), ("weighted_ce", 0.80), ("balanced_ce", 0.90),
  ]

  private func input(
    _ losses: [(loss: String, found: Double)] = found, _ backbone: Backbone = .resnet18
  ) throws -> ReportInput {
    var runs: [ReportedRun] = []
    for (loss, found) in losses {
      for seed in 1...3 as ClosedRange<UInt64> {
        let images = (0..<12).map { image in
          let right = Int(1000 * found) + image + Int(seed)
          return ConfusionMatrix(
            classes: 4,
            counts: [9000, 0, 0, 0, 0, 900, 0, 100, 1000 - right, 0, right, 0, 0, 0, 0, 2000])
        }
        runs.append(
          ReportedRun(
            configuration: try SyntheticSweep.configuration(
              .synthia, backbone, loss: loss, seed: seed),
            confusion: images.reduce(ConfusionMatrix(classes: 4), +), evaluatedImages: 12,
            seconds: 1, images: images))
      }
    }
    return ReportInput(profile: "made up", runs: runs, classes: [.synthia: SyntheticSweep.classes])
  }

  private func lines(_ input: ReportInput, _ name: String) throws -> [String] {
    try #require(try SyntheticSweep.written(input)["tables/\(name).csv"]).split(separator: "\n")
      .map(String.init).filter { !$0.hasPrefix("#") }
  }

  @Test func sameOrderHasTauOne() throws {
    let rows = try lines(input(), "orders")
    let title = "\"SYNTHIA (rendered stand-in), ResNet-18\""
    #expect(
      rows[0].hasPrefix(
        "panel,source,score,losses,paper_order,paper_within_noise,our_order,tau,low,high,"))
    #expect(
      rows.contains(
        title + ",Fig. 1,mean accuracy,8,balanced_ce > weighted_ce > recall > soft_iou > lovasz > "
          + "focal > ce > ohem,,balanced_ce > weighted_ce > recall > soft_iou > lovasz > focal > ce > "
          + "ohem,1.000,1.000,1.000,3,12,3 seeds and images; reruns of theirs"))
    // Four losses within the noise of reruns of mean IoU, and one whose lead is outside.
    let iou = try #require(rows.first { $0.contains("Fig. 1,mean IoU") })
    #expect(
      iou.contains(
        ",recall > soft_iou > focal > ce > lovasz > weighted_ce > balanced_ce > ohem,recall and soft_iou; "
          + "soft_iou and focal; focal and ce,"))
    #expect(rows.contains { $0.contains("Table II,average accuracy as printed,5,balanced_ce >") })
  }

  @Test func tauIsNotGivenOfFewerThanFiveLosses() throws {
    let four = Self.found.filter { $0.loss != "recall" && !$0.loss.hasPrefix("w") }.prefix(4)
    let rows = try lines(input(Array(four)), "orders")
    #expect(rows.contains { $0.contains("Fig. 1,mean accuracy,4,") })
    #expect(rows.dropFirst().allSatisfy { $0.contains(",,,,,,too few losses in common") })
    let page = try #require(try SyntheticSweep.written(input(Array(four)))["tables.md"])
    #expect(page.contains("too few losses in common: tau takes 5 |"))
    // The authors logged two.
    let deep = try lines(input(Self.found, .resnet101), "orders")
    #expect(
      deep.count == 3 && deep[1].contains("the authors' logs,mean accuracy,2,weighted_ce > ce"))
  }

  /// Differences of single runs of theirs, and the noise beside those that are smaller.
  @Test func rerunNoiseStandsBesideSmallerDifferences() throws {
    let files = try SyntheticSweep.written(input())
    let page = try #require(files["tables.md"])
    #expect(page.contains("## The paper's own differences from cross-entropy"))
    // 1.17 points of mean IoU between recall and CE are more than 0.62; 0.45 of focal are not.
    #expect(page.contains("| recall | +7.60 | +1.17 |"))
    #expect(page.contains("| focal | +1.05 | +0.45 (noise 0.62) |"))
    // Pole, printed as car: 66.81 - 68.98; pedestrian: 67.30 - 67.53.
    let rows = try lines(input(), "published-differences")
    #expect(rows.contains { $0.hasPrefix("\"Table II (SYNTHIA), IoU\",Recall,pole,-2.17,0.") })
    #expect(
      rows.contains {
        $0.hasPrefix("\"Table II (SYNTHIA), IoU\",Recall,pedestrian,-0.23,")
          && $0.hasSuffix(",true")
      })
    #expect(
      rows.contains { $0 == "\"Table II (SYNTHIA), accuracy\",Recall,pole,11.33,," })
    #expect(try #require(files["report.html"]).contains("id=\"published-differences\""))
  }

  /// Means over the columns differ in order from the averages that Table III prints.
  @Test func tableThreeIsOrderedByBoth() throws {
    var input = try input()
    for index in input.runs.indices { input.runs[index].configuration.data.name = .cityscapes }
    input.classes = [.cityscapes: SyntheticSweep.classes]
    let rows = try lines(input, "orders")
    #expect(
      rows.contains {
        $0.contains(
          "Table III,average IoU as printed,5,ce > recall > focal > soft_iou > balanced_ce,")
      })
    #expect(
      rows.contains {
        $0.contains(
          "Table III,average IoU over its columns,5,ce > focal > soft_iou > recall > balanced_ce,")
      })
    #expect(rows.dropFirst().allSatisfy { $0.hasSuffix("no rerun of theirs is known") })
  }

  /// Pole is found worse than the mean by ce, and better by recall: not easy, weighting helps.
  @Test func poleIsJudgedOnOurRuns() throws {
    func verdict(ce: Int, recall: Int) throws -> String {
      var runs: [ReportedRun] = []
      for (loss, right) in [("ce", ce), ("recall", recall)] {
        for seed in 1...3 as ClosedRange<UInt64> {
          let images = (0..<12).map { image in
            let poles = right + image % 3 + Int(seed)
            return ConfusionMatrix(
              classes: 4,
              counts: [
                9000, 0, 0, 0, 0, poles, 0, 1000 - poles, 200, 0, 800, 0, 0, 0, 400, 1600,
              ])
          }
          runs.append(
            ReportedRun(
              configuration: try SyntheticSweep.configuration(loss: loss, seed: seed),
              confusion: images.reduce(ConfusionMatrix(classes: 4), +), evaluatedImages: 12,
              seconds: 1, images: images))
        }
      }
      let page = try #require(
        try SyntheticSweep.written(
          ReportInput(profile: "p", runs: runs, classes: [.synthia: SyntheticSweep.classes]))[
            "claims.md"])
      let part = try #require(page.components(separatedBy: "### pole-easy").last)
      #expect(part.contains("an IoU of pole of 75.32, below the mean of 84.66, after 500000"))
      #expect(part.contains("an accuracy of pole of ce 77.86 and recall 89.19"))
      let text = part.components(separatedBy: " **").dropFirst().first ?? ""
      return String(text.prefix { $0 != "*" })
    }
    #expect(try verdict(ce: 500, recall: 700) == "contradicted")
    #expect(try verdict(ce: 950, recall: 940) == "supported")
    #expect(try verdict(ce: 950, recall: 990) == "contradicted")
  }
}
