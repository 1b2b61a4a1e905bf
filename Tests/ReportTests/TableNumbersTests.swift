import Experiments
import Foundation
import Report
import Testing

/// The numbers of `SyntheticSweep.small`, worked out by hand.
@Suite struct TableNumbersTests {
  private func rows(_ name: String) throws -> [String] {
    let text = try #require(try SyntheticSweep.written(SyntheticSweep.small())[name])
    return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }

  /// Seed 1: accuracies 80, 50, 100, 75; IoU 80/110, 50/120, 10/60, 30/40; precisions 80/90, 50/70,
  /// 10/60, 1; Dice 160/190, 100/170, 20/70, 60/70; 170 of 250 pixels right.
  @Test func summaryOfEachRun() throws {
    let shared = "300,4,0.001,adam,0.25,96x160,96x160,"
    #expect(
      try rows("summary.csv") == [
        "panel,dataset,architecture,backbone,loss,seed,iterations,batch,learning_rate,optimizer,"
          + "width,input,scored_at,mean_accuracy,mean_iou,mean_precision,mean_dice,pixel_accuracy,"
          + "seconds,state",
        "S18,synthia,deeplabv3,resnet18,ce,1,\(shared)76.25,51.52,69.25,64.33,68.00,12.3,done",
        "S18,synthia,deeplabv3,resnet18,ce,2,\(shared)81.25,57.77,72.92,70.90,76.00,12.3,done",
        "S18,synthia,deeplabv3,resnet18,\"focal(gamma: 1, note: x_y)\",1,\(shared),,,,,,failed",
        "S18,synthia,deeplabv3,resnet18,\"focal(gamma: 1, note: x_y)\",2,\(shared),,,,,,unfinished",
        "S18,synthia,deeplabv3,resnet18,recall,1,\(shared)86.25,68.18,80.18,80.58,84.00,12.3,done",
        "S18,synthia,deeplabv3,resnet18,recall,2,\(shared),,,,,,unfinished",
      ])
  }

  /// Pole accuracies 50 and 70: mean 60, standard deviation sqrt(200) = 14.14. The average leaves
  /// out car, which the paper's table heads "pole": accuracy (100 + 50) / 2 and (100 + 70) / 2; IoU
  /// (16.67 + 41.67) / 2 and (25 + 58.33) / 2.
  @Test func minorityTableAveragesSeedsAndLeavesOutCar() throws {
    let rows = try rows("tables/synthia-resnet18-minority.csv")
    #expect(
      rows[0]
        == "metric,loss,car,car sd,traffic sign,traffic sign sd,pole,pole sd,average,average sd")
    #expect(rows[1] == "accuracy,ce,75.00,0.00,100.00,0.00,60.00,14.14,80.00,7.07")
    #expect(rows[2] == "accuracy,CE (paper),98.87,,77.42,,77.86,,63.54,")
    #expect(rows[3] == "accuracy,ce - paper,-23.87,,22.58,,-17.86,,16.46,")
    #expect(rows[4] == "accuracy,\"focal(gamma: 1, note: x_y)\",,,,,,,,")
    #expect(rows[5] == "accuracy,Focal (paper),98.70,,78.91,,74.42,,66.65,")
    #expect(rows[6] == "accuracy,focal - paper,,,,,,,,")
    #expect(rows[7] == "accuracy,recall,75.00,,100.00,,90.00,,95.00,")
    #expect(rows[10] == "iou,ce,75.00,0.00,20.83,5.89,50.00,11.79,35.42,8.84")
  }

  @Test func classWithoutTruePixelsIsADashAndLeftOutOfTheMean() throws {
    var input = try SyntheticSweep.small()
    input.failed = []
    // No sign, and none predicted.
    input.runs = [
      SyntheticSweep.run(
        try SyntheticSweep.configuration(loss: "ce", seed: 1),
        .init(classes: 4, counts: [60, 40, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30]))
    ]
    let files = try SyntheticSweep.written(input)
    let all = try #require(files.markdown(of: "synthia-resnet18-all"))
    #expect(all.contains("| traffic sign | – |"))
    // (60 + 100 + 100) / 3 and (60 + 20 + 100) / 3.
    #expect(all.contains("| **mean accuracy** | 86.67 |"))
    #expect(all.contains("| **mean IoU** | 60.00 |"))
  }

  @Test func runsOfDifferingIterationsAreNotAveraged() throws {
    var input = try SyntheticSweep.small()
    input.failed = []
    input.runs = [
      SyntheticSweep.run(
        try SyntheticSweep.configuration(loss: "ce", seed: 1), SyntheticSweep.matrix(poles: 50)),
      SyntheticSweep.run(
        try SyntheticSweep.configuration(loss: "ce", seed: 2, iterations: 900),
        SyntheticSweep.matrix(poles: 70)),
    ]
    let files = try SyntheticSweep.written(input)
    let table = try #require(files.markdown(of: "synthia-resnet18-minority"))
    // The average is first.
    #expect(table.contains("| ce \\[A\\] | 75.00 | 75.00 | 100.00 | 50.00 |"))
    #expect(table.contains("| ce \\[B\\] | 85.00 | 75.00 | 100.00 | 70.00 |"))
    let (a, b) = (files.panel("S18-A"), files.panel("S18-B"))
    #expect(a?.contains("\\[A\\] Rendered stand-in for SYNTHIA") == true)
    #expect(a?.contains("300 iterations of batch 4") == true)
    #expect(b?.contains("900 iterations of batch 4") == true)
  }

  @Test func everyGapIsNamed() throws {
    var input = try SyntheticSweep.small()
    input.planned = [try SyntheticSweep.configuration(loss: "lovasz", seed: 1)]
    let table = try #require(
      try SyntheticSweep.written(input).markdown(of: "synthia-resnet18-minority"))
    #expect(table.contains("| lovasz | – | – | – | – |"))
    #expect(table.contains("seed 1 failed (the loss is not finite)"))
    #expect(table.contains("lovasz: seed 1 has no finished run"))
    #expect(table.contains("recall: seed 2 has no finished run, the row covers only seed 1"))
  }

  @Test func matrixThatDoesNotFitItsDataSetIsRefused() throws {
    var input = try SyntheticSweep.small()
    input.classes[.synthia]?.names.append("extra")
    let folder = try SyntheticSweep.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect {
      try writeReport(input, to: folder)
    } throws: {
      "\($0)".contains("has 4 classes, the data set has 5")
    }
  }

  /// The paper's printed averages stand as printed; ours is the mean of all listed columns.
  @Test func cityscapesAverageIsOverAllListedClasses() throws {
    var classes = SyntheticSweep.classes
    classes.names = ["road", "person", "traffic light", "pole"]
    classes.minority = [1, 2, 3]
    let run = SyntheticSweep.run(
      try SyntheticSweep.configuration(.cityscapes, loss: "ce", seed: 1),
      SyntheticSweep.matrix(poles: 50))
    let files = try SyntheticSweep.written(
      ReportInput(profile: "quick", runs: [run], classes: [.cityscapes: classes]))
    let csv = try #require(files["tables/cityscapes-resnet18-minority.csv"])
    // The paper's order of columns, and (50 + 75 + 100) / 3.
    #expect(csv.contains("metric,loss,person,person sd,pole,pole sd,traffic light,"))
    #expect(csv.contains("accuracy,ce,50.00,,75.00,,100.00,,75.00,\n"))
    #expect(csv.contains("accuracy,CE (paper),82.98,,58.93,,76.76,,67.63,\n"))
    // No difference from an average that is none of the columns.
    #expect(csv.contains("accuracy,ce - paper,-32.98,,16.07,,23.24,,,\n"))
    #expect(
      try #require(files["tables/captions.md"]).contains(
        "printed averages are not the mean of its printed columns"))
  }

  /// The paper's Table II as points, and ours of the same losses: averages without car.
  @Test func publishedFiguresAreDrawnBesideOurs() throws {
    let files = try SyntheticSweep.written(SyntheticSweep.small())
    let data = try #require(files["figures/published.dat"])
    #expect(data.contains("synthia-resnet18, paper, ce, mean over seeds"))
    for point in ["56.5000 63.5400 1", "60.2800 84.0900 1", "43.4100 95.6000 1"] {
      #expect(data.contains("\n\(point)\n"))
    }
    // CE: IoU (16.67 + 41.67) / 2 and (25 + 58.33) / 2; accuracy (100 + 50) / 2 and (100 + 70) / 2.
    #expect(data.contains("synthia-resnet18, ours, ce, mean over seeds\n"))
    #expect(data.contains("\n35.4167 80.0000 2\n"))
    // Fig. 1: recall; ours: mean IoU and accuracy as in `summaryOfEachRun`.
    #expect(data.contains("synthia-resnet18, fig1, paper, recall, mean over seeds"))
    #expect(data.contains("\n81.4300 92.3300 1\n"))
    #expect(data.contains("synthia-resnet18, fig1, ours, recall, mean over seeds"))
    #expect(data.contains("\n68.1818 86.2500 1\n"))
    #expect(try #require(files["figures/published.gp"]).contains("'published.dat' index 0 "))
    // The authors' logs stand beside ResNet-101; weighted_ce has two runs.
    let deep = try SyntheticSweep.written(SyntheticSweep.clustered([(.synthia, .resnet101)]))
    let logs = try #require(deep["figures/published.dat"])
    #expect(logs.contains("synthia-resnet101, logs, paper, weighted_ce, mean over seeds"))
    #expect(logs.contains("\n74.1860 97.7415 2\n") && logs.contains("\n83.6490 87.6770 1\n"))
    let camvid = try SyntheticSweep.written(SyntheticSweep.clustered([(.camvid, .resnet18)]))
    #expect(camvid["figures/published.dat"] == nil)
  }

  /// Two seeds: best 60 and 70, last 50 and 64 percent: differences 10 and 6.
  @Test func bestAndLastWeightsHaveColumnsOfTheirOwn() throws {
    var input = try SyntheticSweep.small()
    input.failed = []
    for index in input.runs.indices { input.runs[index].configuration.training.validateEvery = 100 }
    for (index, (best, last)) in [1: (0.70, 0.64), 2: (0.60, 0.50)] {
      var (a, b) = (
        CheckpointScores.Score(iteration: 100 * index, input.runs[index].confusion),
        CheckpointScores.Score(iteration: 300, input.runs[index].confusion)
      )
      (a.meanIoU, b.meanIoU) = (best, last)
      input.runs[index].checkpoints = CheckpointScores(best: a, last: b)
    }
    let files = try SyntheticSweep.written(input)
    let csv = try #require(files["tables/synthia-resnet18-checkpoints.csv"])
    let captions = try #require(files["tables/captions.md"])
    #expect(csv.contains("mean_iou,ce,65.00,7.07,57.00,9.90,8.00,2.83,150.00,70.71\n"))
    #expect(!csv.contains("recall,") && captions.contains("once every 100 iterations"))
    #expect(captions.contains("All other tables and figures here are of the last"))
  }

  /// The rate with the highest look at the validation split is the best, whatever the test scores.
  @Test func learningRatesAreComparedOnTheValidationSplit() throws {
    let runs = try [
      ("ce", 0.001, 0.30, 50), ("ce", 0.01, 0.20, 90), ("recall", 0.001, 0.25, 50),
      ("recall", 0.01, 0.35, 70),
    ].map { loss, rate, validation, poles in
      var configuration = try SyntheticSweep.configuration(loss: loss, seed: 1)
      configuration.training.learningRate = rate
      var run = SyntheticSweep.run(configuration, SyntheticSweep.matrix(poles: poles))
      run.history = [
        HistoryEntry(iteration: 10, loss: 1, validationMeanIoU: validation),
        HistoryEntry(iteration: 20, loss: 1, validationMeanIoU: validation - 0.1),
      ]
      return run
    }
    let files = try SyntheticSweep.written(
      ReportInput(
        profile: "lr-search", runs: runs, classes: [.synthia: SyntheticSweep.classes]))
    let table = try #require(files.markdown(of: "synthia-resnet18-learning-rates"))
    #expect(table.contains("| loss | rate 0.001 | rate 0.01 |"))
    // Of the last weights, as the runs are evaluated.
    #expect(table.contains("| ce | 20.00 | 10.00 |"))
    #expect(table.contains("| recall | 15.00 | 25.00 |"))
    #expect(table.contains("an equal budget"))
    // Mean IoU of seed 1 of `small`, and of 70 poles.
    #expect(table.contains("| ce at 0.001 | 20.00 | 51.52 | 76.25 |"))
    #expect(table.contains("| recall at 0.01 | 25.00 | 57.77 | 81.25 |"))
    let csv = try #require(files["tables/synthia-resnet18-learning-rates.csv"])
    #expect(
      csv.hasPrefix(
        "metric,loss,rate 0.001,rate 0.001 sd,rate 0.01,rate 0.01 sd,validation mean IoU,"))
    #expect(csv.contains("\nvalidation_mean_iou,ce,20.00,,10.00,,,,,"))
    #expect(csv.contains("\nbest_rate,ce at 0.001,,,,,20.00,,51.52,,76.25,"))
    let latex = try #require(files["tables/synthia-resnet18-learning-rates.tex"])
    #expect(latex.contains("\\begin{tabular}{lrrrrr}"))
    // One loss more that was tried with one rate only.
    var unequal = runs
    unequal.append(
      SyntheticSweep.run(
        try SyntheticSweep.configuration(loss: "lovasz", seed: 1), SyntheticSweep.matrix(poles: 60))
    )
    unequal[4].history = runs[0].history
    let partly = try SyntheticSweep.written(
      ReportInput(
        profile: "lr-search", runs: unequal, classes: [.synthia: SyntheticSweep.classes]))
    #expect(
      partly.markdown(of: "synthia-resnet18-learning-rates")?.contains("the budgets differ") == true
    )
    // Figures show each loss with its best rate: ce with the first setting, recall with the second.
    let drawn = try #require(files["figures/scatter.dat"])
    #expect(drawn.contains("ce [A]") && drawn.contains("recall [B]"))
    #expect(!drawn.contains("ce [B]") && !drawn.contains("recall [A]"))
    let one = try SyntheticSweep.written(SyntheticSweep.small())
    #expect(one.markdown(of: "synthia-resnet18-learning-rates") == nil)
  }
}
