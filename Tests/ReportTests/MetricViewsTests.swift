import Datasets
import Experiments
import Files
import Foundation
import Metrics
import Report
import Statistics
import Testing

/// Every metric of `Metric.all` is in every view; a new one is there without an edit of this test.
@Suite struct MetricViewsTests {
  /// Two losses, one also as published, at two learning rates, on ten images each.
  private static func sweep() throws -> ReportInput {
    var runs: [ReportedRun] = []
    for (index, loss) in ["ce", "focal(gamma: 1)", "focal.published(gamma: 1)"].enumerated() {
      for rate in [0.001, 0.01] {
        for seed in [1, 2] as [UInt64] {
          let images = (0..<10).map { image in
            SyntheticSweep.matrix(poles: 40 + 10 * index + image + Int(seed))
          }
          var configuration = try SyntheticSweep.configuration(loss: loss, seed: seed)
          configuration.training.learningRate = rate
          runs.append(
            ReportedRun(
              configuration: configuration,
              confusion: images.dropFirst().reduce(images[0], +), evaluatedImages: images.count,
              seconds: 1, images: images,
              history: [HistoryEntry(iteration: 10, loss: 1, validationMeanIoU: 0.5)]))
        }
      }
    }
    return ReportInput(
      profile: "views", runs: runs, classes: [.synthia: SyntheticSweep.classes])
  }

  @Test func filesOfAReportHaveEveryMetric() throws {
    let files = try SyntheticSweep.written(Self.sweep())
    func file(_ name: String) throws -> String { try #require(files[name], "\(name)") }
    let tables = "tables/synthia-resnet18"
    let summary = try file("summary.csv").split(separator: "\n")[0].split(separator: ",")
    let pages = try [file("tables.md"), file("report.html")]
    for metric in Metric.all {
      let mean = ClassMean(metric).title
      #expect(summary.contains("mean_\(metric.name)"))
      for name in ["minority", "all"] {
        #expect(try file("\(tables)-\(name).csv").contains("\n\(metric.name),"), "\(name)")
      }
      #expect(try file("\(tables)-variants.csv").contains("\nmean_\(metric.name),"))
      #expect(try file("\(tables)-learning-rates.csv").contains(",evaluated \(mean),"))
      for letter in ["a", "b"] {
        #expect(try file("\(tables)-differences-\(letter).csv").contains(",\(mean),"))
      }
      // Under the names of the paper's Table I.
      let names = [metric.title, ["accuracy": "recall", "iou": "Jaccard"][metric.name]]
      for name in ["overlap.csv", "overlap.tex"] {
        let text = try file("\(tables)-\(name)")
        #expect(names.contains { $0.map(text.contains) ?? false }, "\(name)")
      }
      for page in pages {
        #expect(page.contains("\(metric.title.capitalizedFirst) (%)"))
        #expect(page.contains("\(mean.capitalizedFirst) (%)"))
        #expect(page.contains("\(metric.title) has none where a class \(metric.undefined)"))
      }
      #expect(pages[1].contains("<caption>\(mean.capitalizedFirst)</caption>"))
      #expect(pages[1].contains(">\(mean) (%)</th>"), "every run, one per row")
    }
  }

  @Test func comparisonWithBaselinesHasEveryMetric() throws {
    var input = try Self.sweep()
    input.runs.removeAll { $0.configuration.training.learningRate != 0.001 }
    let comparison = try Comparison(input, candidate: "focal(gamma: 1)", baselines: ["ce"])
    let (markdown, csv) = (try #require(comparison.markdown), try #require(comparison.files.first))
    guard case .text(let table) = csv.content else { return #expect(Bool(false)) }
    for metric in Metric.all {
      #expect(markdown.contains("| \(ClassMean(metric).title) |"))
      #expect(table.contains(",\(ClassMean(metric).title),"))
    }
    // A terminal has no room for more.
    for metric in Metric.ofPaper { #expect(comparison.text.contains(ClassMean(metric).title)) }
  }

  @Test func scoreSheetsHaveEveryMetric() throws {
    let size = ClassTable.synthia.count
    let counts = (0..<size * size).map { $0 % (size + 1) == 0 ? 5 : $0 % 3 }
    let confusion = ConfusionMatrix(classes: size, counts: counts)
    let sheet = ScoreSheet(
      title: "made up", images: [ScoredImage(name: "one", confusion: confusion)],
      classes: .synthia)
    let json = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(sheet)) as? [String: Any])
    let mean = try #require(json["mean"] as? [String: Any])
    let classes = try #require(json["classes"] as? [String: [String: Any]])
    let header = sheet.perImageCSV.split(separator: "\n")[0].split(separator: ",")
    for (name, metric) in Metric.named {
      #expect(sheet.table.contains(metric.title))
      #expect(header.contains { $0 == name })
      #expect(mean[name] is NSNumber && classes["road"]?[name] != nil)
    }
  }

  /// Of images and of classes drawn again, as of the matrix itself.
  @Test func statisticsTakeEveryMetric() throws {
    let images = (0..<10).map { SyntheticSweep.matrix(poles: 40 + $0) }
    let whole = images.dropFirst().reduce(images[0], +)
    for metric in Metric.all {
      for mean in [ClassMean(metric), ClassMean(metric, over: [1, 3], named: "some")] {
        #expect(mean(whole) != nil && mean(ClassTotals(whole)) == mean(whole))
        let estimate = try #require(Estimate(mean, of: [ResampledRun(images)]))
        #expect(estimate.value == mean(whole))
      }
    }
  }

  @Test func namesAreDistinctAndThePapersMetricsAreAmongAll() {
    #expect(Set(Metric.named.map(\.name)).count == Metric.named.count)
    #expect(Set(Metric.all).count == Metric.all.count)
    #expect(Metric.named.allSatisfy { Metric.all.contains($0.metric) })
    #expect(Metric.ofPaper.allSatisfy(Metric.all.contains))
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
