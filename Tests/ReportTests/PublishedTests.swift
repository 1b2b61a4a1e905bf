import Datasets
import Experiments
import Files
import Foundation
import Report
import Testing

@Suite struct PublishedTests {
  /// Every figure in code is in `results/published.csv`, and the reverse.
  @Test func figuresEqualTheCommittedCSV() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "results/published.csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
    var printed: [String: Double] = [:]
    for line in lines {
      let cut = try #require(line.lastIndex(of: ","))
      printed[String(line[..<cut])] = Double(String(line[line.index(after: cut)...]))
    }
    var ours: [String: Double] = [:]
    for table in PublishedTable.all {
      let lead = "\(table.number),\(table.dataset.rawValue),\(table.backbone.rawValue)"
      for row in table.rows {
        for (metric, figures) in [("accuracy", row.accuracy), ("iou", row.iou)] {
          #expect(figures.count == table.columns.count + 1)
          for (column, figure) in zip(table.columns + ["average"], figures) {
            ours["\(lead),\(row.loss),\(metric),\(column)"] = figure
          }
        }
      }
    }
    #expect(printed.count == 160)
    #expect(ours == printed)
  }

  /// The rule our own SYNTHIA average follows: without the first column, which is headed pole and is
  /// car.
  @Test func averagesOfTableTwoLeaveOutTheFirstColumn() throws {
    let table = try #require(PublishedTable.all.first { $0.number == "II" })
    #expect(table.columns.first == "pole")
    for figures in table.rows.flatMap({ [$0.accuracy, $0.iou] }) {
      let mean = figures[1...5].reduce(0, +) / 5
      #expect(abs(mean - figures[6]) < 0.021)
    }
  }

  /// Every column of the paper's tables is a minority class of the data set it is of, under the
  /// data set's own name and in the paper's order, with the paper's figure in its place.
  @Test(arguments: [
    (
      ClassTable.synthia, DatasetName.synthia,
      ["car", "traffic sign", "pedestrian", "bicycle", "pole", "traffic light"],
      [98.28, 83.94, 87.37, 72.69, 89.19, 87.24, 84.09]
    ),
    (
      ClassTable.cityscapes, .cityscapes,
      [
        "person", "wall", "fence", "pole", "traffic light", "terrain", "rider", "motorcycle",
      ], [88.31, 72.16, 75.55, 69.17, 80.00, 70.12, 75.26, 83.04, 75.06]
    ),
  ])
  func columnsMeetTheClassTables(
    table: ClassTable, name: DatasetName, columns: [String], recall: [Double]
  ) throws {
    let cell = try SyntheticSweep.configuration(name, loss: "recall", seed: 1)
    let input = try ReportInput(profile: "p", records: [], planned: [cell], classes: [name: table])
    let csv = try #require(
      try SyntheticSweep.written(input)["tables/\(name.rawValue)-resnet18-minority.csv"])
    let lines = csv.split(separator: "\n").filter { !$0.hasPrefix("#") }
    let header = (columns + ["average"]).map { "\($0),\($0) sd" }.joined(separator: ",")
    #expect(lines[0] == "metric,loss,\(header)")
    let figures = recall.map { "\(fixed($0, 2))," }.joined(separator: ",")
    #expect(lines[2] == "accuracy,Recall (paper),\(figures)")
  }

  /// Pole and car of the synthetic runs beside the figures that the paper prints under those headings.
  @Test func headingsAsPrintedHaveATableOfTheirOwn() throws {
    let files = try SyntheticSweep.written(SyntheticSweep.small())
    let csv = try #require(files["tables/synthia-resnet18-minority-as-printed.csv"])
    let lines = csv.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines[0].hasPrefix("metric,loss,pole,pole sd,traffic sign,traffic sign sd,car,car sd,"))
    #expect(lines[1] == "accuracy,ce,60.00,14.14,100.00,0.00,75.00,0.00,87.50,0.00")
    #expect(lines[2] == "accuracy,CE (paper),98.87,,77.42,,77.86,,63.54,")
    #expect(
      try #require(files["tables/captions.md"]).contains(
        "headings are taken as printed, although its headings pole and car"))
    let corrected = try #require(files.markdown(of: "synthia-resnet18-minority"))
    #expect(corrected.contains("read with two headings swapped back"))
    let other = try SyntheticSweep.written(
      SyntheticSweep.clustered([(.cityscapes, .resnet18), (.synthia, .resnet101)]))
    #expect(!other.keys.contains { $0.contains("as-printed") })
  }

  private func committed(_ name: String) throws -> [[String]] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "results/\(name)")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",").map(String.init) }
  }

  @Test func pointsOfFigureOneEqualTheCommittedCSV() throws {
    let printed = try committed("published-fig1.csv")
    let ours = PublishedPoints.figureOne.losses
    #expect(printed.map { $0[0] } == ours.map(\.base))
    for (line, loss) in zip(printed, ours) {
      #expect(loss.runs.count == 1)
      #expect(Double(line[1]) == loss.runs[0].miou && Double(line[2]) == loss.runs[0].macc)
    }
  }

  @Test func logsEqualTheCommittedCSV() throws {
    var ours: [String: Double] = [:]
    for log in AuthorsLog.all {
      let all = [
        "pixel_accuracy": log.pixelAccuracy, "mean_accuracy": log.meanAccuracy,
        "mean_iou": log.meanIoU,
      ]
      #expect(log.iou.count == 14)
      for (index, iteration) in log.iterations.enumerated() {
        for (metric, values) in all {
          ours["\(log.weighting),\(iteration),\(metric),all"] = values[index]
        }
        for (name, values) in log.iou {
          ours["\(log.weighting),\(iteration),iou,\(name)"] = values[index]
        }
      }
    }
    var logged: [String: Double] = [:]
    for line in try committed("authors-resnet101-log.csv") {
      logged[line.dropLast().joined(separator: ",")] = Double(line[4])
    }
    #expect(logged.count == 289 && ours == logged)
    // What `docs/statistics.md` says of pole and car.
    #expect(logged["none,100000,iou,car"] == 98.24 && logged["none,100000,iou,pole"] == 73.117)
  }
}
