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
    let small = exampleConfiguration()
    var large = small
    large.backbone = .resnet101
    var estimate = TimeEstimate()
    #expect(estimate.seconds(of: small) == nil && estimate.seconds(of: large) == nil)
    estimate.add(small, iterations: 10, seconds: 20)
    #expect(try #require(estimate.seconds(of: small, from: 5)) == 10)
    #expect(try #require(estimate.seconds(of: large)) == 2.5 * 20)
    estimate.add(large, iterations: 5, seconds: 40)
    #expect(try #require(estimate.seconds(of: large, from: 5)) == 40)
    estimate.add(large, evaluationSeconds: 3)
    #expect(try #require(estimate.seconds(of: large, from: 5)) == 43)
  }

  /// A run that is alone at the end is not shared by two jobs.
  @Test func runsAreScheduled() {
    #expect(TimeEstimate.total(running: [], waiting: [50], jobs: 2) == 50)
    #expect(TimeEstimate.total(running: [10, 4], waiting: [5, 5], jobs: 2) == 14)
    #expect(TimeEstimate.total(running: [3], waiting: [4, 1], jobs: 2) == 4)
    #expect(TimeEstimate.total(running: [], waiting: [], jobs: 2) == 0)
  }

  private func validated(_ iteration: Int) -> RunProgress {
    var progress = training(iteration)
    progress.validation = .init(iteration: iteration, meanAccuracy: 0.5, meanIoU: 0.25)
    return progress
  }

  @Test func validationScoresAreLinesAsTheyCome() {
    let reporter = reporter(columns: nil)
    reporter.handle(.started(folders[0]))
    reporter.handle(.progress(folders[0], validated(5)))
    #expect(
      stage.text == """
        start   synthia resnet18 ce s1
        valid   synthia resnet18 ce s1: iteration 5, mean accuracy 50.00, mean IoU 25.00 percent on \
        the validation split

        """)
  }

  /// Two runs at once have a line each, whose time goes on by itself.
  @Test func twoRunsHaveALineEach() {
    let reporter = ProgressReporter(
      runs: folders.map(\.configuration), jobs: 2, columns: 80,
      clock: { [stage] in stage.now }, output: { [stage] in stage.text += $0 })
    for folder in folders { reporter.handle(.started(folder)) }
    for (second, folder) in [(1.0, folders[0]), (2.0, folders[1])] {
      stage.now = second
      reporter.handle(.progress(folder, validated(1)))
    }
    func screen() -> [String] {
      let last = stage.text.components(separatedBy: "\u{1b}[J").last ?? ""
      return last.components(separatedBy: "\n")
    }
    // 20 pixels of work a run; 1 and 2 s for the first iterations, 1.5 s on average.
    #expect(
      screen() == [
        "[0/2, 14 s left]",
        "synthia resnet18 ce s1 1/10 loss 1.25, val. IoU 25.00 at 1 40.0 images/s",
        "synthia resnet18 recall s1 1/10 loss 1.25, val. IoU 25.00 at 1 40.0 images/s",
      ])
    stage.now = 5
    reporter.tick()
    #expect(screen()[0] == "[0/2, 11 s left]")
    reporter.handle(.finished(folders[0], record(folders[0])))
    // A line that stays has no time that would be wrong later.
    #expect(
      stage.text.contains(
        "\u{1b}[2A\u{1b}[Jdone    [1/2] synthia resnet18 ce s1: mean accuracy 91.67, mean IoU 85.42 "
          + "percent\n"))
    // The run that has ended has no line any more, however soon that is looked at.
    #expect(!screen().contains { $0.hasPrefix("synthia resnet18 ce s1 ") })
    stage.now = 6
    reporter.tick()
    #expect(
      screen().count == 1 && screen()[0].hasPrefix("[1/2, 10 s left] synthia resnet18 recall "))
    reporter.handle(.failed(folders[1], reason: "disk full"))
    #expect(stage.text.hasSuffix("disk full\n"))
    reporter.close()
    stage.text = ""
    reporter.tick()
    #expect(stage.text.isEmpty)
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
