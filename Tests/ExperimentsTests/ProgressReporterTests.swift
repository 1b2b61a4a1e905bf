import Experiments
import Files
import Foundation
import Testing

@Suite("Progress")
struct ProgressReporterTests {
  private final class Stage {
    var now = 0.0
    var text = ""
  }
  private let folders: [RunFolder]
  private let stage = Stage()

  init() throws {
    folders = try ["ce", "recall"].map {
      try RunFolder(SweepFolder(URL(filePath: "/r")), configuration: exampleConfiguration(loss: $0))
    }
  }

  private func reporter(columns: Int?) -> ProgressReporter {
    ProgressReporter(
      runs: folders.map(\.configuration), jobs: 1, columns: columns,
      clock: { [stage] in stage.now }, output: { [stage] in stage.text += $0 })
  }

  private func training(_ iteration: Int) -> RunProgress {
    RunProgress(
      phase: .training, iteration: iteration, iterations: 10, loss: 1.25, imagesPerSecond: 40)
  }

  private func record(_ folder: RunFolder) -> RunRecord {
    RunRecord(
      folder: folder.url, configuration: folder.configuration, environment: exampleEnvironment,
      split: SplitRecord(
        train: [], evaluated: ["c", "d"], trainDigest: "", evaluatedDigest: "",
        trainClassPixels: []),
      history: [], confusions: [exampleConfusions[0]], evaluatedIteration: 10)
  }

  @Test func plainLinesTellStartEndAndNowAndThen() {
    let reporter = reporter(columns: nil)
    reporter.handle(.started(folders[0]))
    for second in 1...5 {
      stage.now = Double(second) * 10
      reporter.handle(.progress(folders[0], training(second)))
    }
    reporter.handle(.finished(folders[0], record(folders[0])))
    reporter.handle(.failed(folders[1], reason: "disk full"))
    // 5 iterations took 50 s; after three, 17 of the 20 remain.
    // Of [5, 1; 0, 7]: accuracy (5/6 + 1) / 2, IoU (5/6 + 7/8) / 2.
    #expect(
      stage.text == """
        start   synthia resnet18 ce s1
        [0/2, 3 min left] synthia resnet18 ce s1 3/10 loss 1.25 40.0 images/s
        done    [1/2] synthia resnet18 ce s1: mean accuracy 91.67, mean IoU 85.42 percent, 2 min left
        FAILED  [2/2] synthia resnet18 recall s1: disk full

        """)
  }

  @Test func terminalLineIsRewrittenAndFits() {
    let reporter = reporter(columns: 50)
    reporter.handle(.skipped(folders[1]))
    stage.now = 1
    reporter.handle(.started(folders[0]))
    stage.now = 2
    reporter.handle(.progress(folders[0], training(1)))
    let lines = stage.text.components(separatedBy: "\r\u{1b}[K")
    #expect(!stage.text.contains("\n"))
    #expect(lines.last == "[1/2, 9 s left] synthia resnet18 ce s1 1/10 loss ")
    #expect(lines.allSatisfy { $0.count < 50 })
  }

  @Test func unmeasuredBackboneIsEstimatedFromTheOther() throws {
    var large = exampleConfiguration()
    large.backbone = .resnet101
    var estimate = TimeEstimate(runs: [exampleConfiguration(), large], jobs: 2)
    #expect(estimate.seconds == nil)
    estimate.add(exampleConfiguration(), iterations: 10, seconds: 20)
    #expect(try #require(estimate.seconds) == 2.5 * 20 / 2)
    estimate.add(large, iterations: 5, seconds: 40)
    #expect(try #require(estimate.seconds) == 20)
  }

  @Test(arguments: [(0.4, "0 s"), (89, "89 s"), (95, "2 min"), (7200, "2 h 0 min")])
  func durationsAreShort(seconds: Double, text: String) {
    #expect(ProgressReporter.duration(seconds) == text)
  }

  @Test func suggestionsAreNearMisses() {
    #expect(suggestion(for: "itertaions", among: ["iterations", "batch"]) == "iterations")
    #expect(suggestion(for: "momentum", among: ["iterations", "batch"]) == nil)
  }
}
