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
      let lead = "\(table.number),\(table.panel.dataset.rawValue),\(table.panel.backbone.rawValue)"
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
      #expect(abs(mean - figures[6]) < 0.02)
    }
  }
}
