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

  /// The rule our own SYNTHIA average follows: without the first column.
  @Test func averagesOfTableTwoLeaveOutPole() throws {
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
      ["pole", "traffic sign", "pedestrian", "bicycle", "car", "traffic light"],
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
}
