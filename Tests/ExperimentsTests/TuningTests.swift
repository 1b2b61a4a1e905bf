import Checkpoints
import Datasets
import Experiments
import Files
import Foundation
import Metrics
import TestSupport
import Testing

@Suite("Searches for learning rates and parameters")
struct TuningTests {
  private static func text(
    _ tune: String, losses: String = "[ce, \"focal(gamma: 1)\", recall]",
    training: String = "{iterations: 4, batch: 2, learning_rate: 1e-3, validate_every: 2}"
  ) -> String {
    """
    name: tiny
    seeds: [1, 2]
    backbones: [resnet18]
    losses: \(losses)
    training: \(training)
    tune: \(tune)
    datasets:
      camvid: {source: real, size: [32, 32]}
    """
  }

  private static let usual =
    "{learning_rate: [1e-2, 1e-3], parameters: {focal: {gamma: [0.5, 2, 3]}, "
    + "recall: {momentum: [0.5]}}, seeds: [7]}"

  /// Two such lists are a million combinations.
  private static let many = (1...1000).map { "0.\(10_000 + $0)" }.joined(separator: ", ")

  private func sweep(_ tune: String = usual) throws -> Sweep {
    try Sweep(yaml: Self.text(tune), file: "tiny.yml")
  }

  /// A search in a folder, without any data.
  private func search(
    _ sweep: Sweep, in folder: TemporaryFolder
  ) throws -> TuningExecution {
    try TuningExecution(
      SweepExecution(
        sweep: sweep, output: folder.url, threads: 1, addsToPlan: false,
        data: DataFolders(paths: [:], cache: folder.url), checkpointEverySeconds: 60))
  }

  /// Stores a finished run whose last look at the validation split has this mean IoU.
  private func store(
    _ run: RunConfiguration, _ meanIoU: Double, in folder: TemporaryFolder
  ) throws {
    let place = try RunFolder(SweepFolder(folder.url), configuration: run)
    try place.prepare()
    try place.saveWeights([NamedArray(name: "w", shape: [1], values: [1])])
    try place.finish(
      RunRecord(
        folder: place.url, configuration: run, environment: exampleEnvironment,
        split: exampleSplit,
        history: [
          HistoryEntry(iteration: 2, loss: 1, validationMeanIoU: 0.9),
          HistoryEntry(iteration: 4, loss: 1, validationMeanIoU: meanIoU),
        ],
        confusions: exampleConfusions, evaluatedIteration: 4))
  }

  private func diverge(_ run: RunConfiguration, in folder: TemporaryFolder) throws {
    let place = try RunFolder(SweepFolder(folder.url), configuration: run)
    try place.prepare()
    try AtomicFile.write(
      "training diverged: the loss is nan at iteration 3; lower learning_rate\n",
      to: place.url.appending(path: "failed.txt"))
  }

  @Test func everyLossGetsTheSameNumberOfTrials() throws {
    let folder = try TemporaryFolder()
    let search = try search(sweep(), in: folder)
    #expect(search.trials == 5)
    for search in try search.searches() {
      #expect(search.trials.count == 2 && search.chosen == nil)
      for trial in search.trials {
        try store(search.configuration(trial, seed: 7), trial.learningRate, in: folder)
      }
    }
    let further = try search.searches()
    #expect(further.map(\.trials.count) == [5, 5, 5])
    #expect(further.allSatisfy { Set($0.trials).count == 5 && $0.trialSeeds == [7] })
    #expect(further.allSatisfy { $0.chosen == nil })
    func texts(_ search: TunedLoss) -> [String] {
      search.trials.map { "\($0.loss) \($0.learningRate)" }
    }
    // The best of the listed rates is 0.01: half a step above and below it, then a quarter.
    #expect(
      texts(further[0]) == ["ce 0.001", "ce 0.01", "ce 0.03162", "ce 0.003162", "ce 0.01778"])
    #expect(
      texts(further[1])
        == ["focal(gamma: 1) 0.001", "focal(gamma: 1) 0.01"]
        + ["0.5", "2", "3"].map { "focal(gamma: \($0)) 0.01" })
    #expect(
      texts(further[2]) == [
        "recall 0.001", "recall 0.01", "recall(momentum: 0.5) 0.01", "recall 0.03162",
        "recall 0.003162",
      ])
    // Trials alone are known; the runs to compare so far are those of the file, with its seeds.
    #expect(try search.runs().count == 15 + 3 * 2)
  }

  @Test func theLastLookAtTheValidationSplitDecides() throws {
    let folder = try TemporaryFolder()
    let search = try search(
      sweep("{learning_rate: [1e-3, 2e-3, 4e-3], seeds: [7, 8]}"), in: folder)
    let scores = [0.001: [0.2, 0.4], 0.002: [0.1, 0.5], 0.004: [0.29, 0.3]]
    for search in try search.searches() {
      for trial in search.trials {
        for (seed, score) in zip([7, 8] as [UInt64], scores[trial.learningRate] ?? []) {
          try store(search.configuration(trial, seed: seed), score, in: folder)
        }
      }
    }
    let found = try search.searches()
    // 0.3, 0.3 and 0.295: the first of equal ones.
    #expect(found.allSatisfy { $0.chosen?.learningRate == 0.001 && $0.trials.count == 3 })
    let runs = try search.runs()
    #expect(runs.count == 3 * (6 + 2))
    #expect(Set(runs.suffix(6).map(\.seed)) == [1, 2])
  }

  @Test func divergedTrialTakesNoPart() throws {
    let folder = try TemporaryFolder()
    let search = try search(sweep("{learning_rate: [1e-3, 2e-3], seeds: [7]}"), in: folder)
    for search in try search.searches() {
      try store(search.configuration(search.trials[0], seed: 7), 0.1, in: folder)
      try diverge(search.configuration(search.trials[1], seed: 7), in: folder)
    }
    #expect(try search.searches().allSatisfy { $0.chosen == $0.trials[0] })
  }

  @Test func anotherFailureLeavesTheSearchOpen() throws {
    let folder = try TemporaryFolder()
    let search = try search(sweep("{learning_rate: [1e-3, 2e-3], seeds: [7]}"), in: folder)
    let first = try search.searches()[0]
    try store(first.configuration(first.trials[0], seed: 7), 0.1, in: folder)
    let failed = try RunFolder(
      SweepFolder(folder.url), configuration: first.configuration(first.trials[1], seed: 7))
    try failed.prepare()
    try AtomicFile.write("disk full\n", to: failed.url.appending(path: "failed.txt"))
    #expect(try search.searches()[0].chosen == nil)
  }

  @Test(arguments: [
    (
      "{learning_rate: [1e-3, 1e-2], parameters: {ce: {gamma: [1]}}, seeds: [1]}",
      "6:63: loss \"ce(gamma: 1)\", column 4: unknown parameter \"gamma\"; ce takes none"
    ),
    (
      "{learning_rate: [1e-3, 1e-2], parameters: {focal: {gamma: [-1]}}, seeds: [1]}",
      "gamma must be at least 0, not -1"
    ),
    (
      "{learning_rate: [1e-3, 1e-2], parameters: {focal: {gamma: [1, 2]}}, seeds: [1]}",
      "tune.parameters.focal lists focal(gamma: 1), which the sweep has already"
    ),
    (
      "{learning_rate: [1e-3, 1e-2], parameters: {ohem: {keep: [0.5]}}, seeds: [1]}",
      "ohem is none of the sweep's losses: ce, focal(gamma: 1), recall"
    ),
    (
      "{learning_rate: [1e-3, 1e-2], parameters: {recall: {momentum: [\(many)]}}, seeds: [1]}",
      "has 1000 combinations or more; at most 12"
    ),
    ("{learning_rate: [1e-3], seeds: [1]}", "tune.learning_rate must list two or more"),
    ("{learning_rate: 1e-3, seeds: [1]}", "tune.learning_rate must be a list"),
    ("{learning_rate: [1e-3, 1e-2]}", "tune.seeds is missing"),
    ("{seeds: [1]}", "tune.learning_rate is missing"),
    ("{learning_rate: [1e-3, 1e-2], trials: 3, seeds: [1]}", "unknown key 'trials' in tune"),
  ])
  func mistakesAreNamed(tune: String, message: String) {
    let found = failure { _ = try Sweep(yaml: Self.text(tune), file: "tiny.yml") }
    #expect(found?.contains(message) == true, "\(found ?? "no error")")
    #expect(found?.hasPrefix("tiny.yml:6:") == true)
  }

  @Test(arguments: [
    ("{iterations: 4, batch: 2, learning_rate: 1e-3}", "tune needs training.validate_every"),
    (
      "{iterations: 4, batch: 2, learning_rate: [1e-3, 1e-2], validate_every: 2}",
      "with tune, training.learning_rate is one number"
    ),
  ])
  func trainingHasToFit(training: String, message: String) {
    let text = Self.text(Self.usual, training: training)
    let found = failure { _ = try Sweep(yaml: text, file: "tiny.yml") }
    #expect(found?.contains(message) == true, "\(found ?? "no error")")
  }

  @Test func sumsHaveNoParametersToTune() {
    let text = Self.text(
      "{learning_rate: [1e-3, 1e-2], parameters: {\"ce + lovasz\": {a: [1]}}, seeds: [1]}",
      losses: "[\"ce + lovasz\"]")
    #expect(
      failure { _ = try Sweep(yaml: text, file: "tiny.yml") }?.contains("is a weighted sum") == true
    )
  }

  @Test func planKeepsTheSearchesThatASelectionLeavesOut() throws {
    let folder = try TemporaryFolder()
    func search(_ loss: String, _ seeds: [UInt64]) -> TunedLoss {
      TunedLoss(
        fixed: exampleConfiguration(loss: loss, seed: 0), trials: [], trialSeeds: [7], seeds: seeds)
    }
    try SweepPlan(name: "a", runs: [], tuning: [search("ce", [1]), search("recall", [1])])
      .save(to: folder.url, adding: false)
    try SweepPlan(name: "a", runs: [], tuning: [search("recall", [2])])
      .save(to: folder.url, adding: true)
    let tuning = try #require(try SweepPlan.load(folder.url)?.tuning)
    #expect(tuning == [search("ce", [1]), search("recall", [1, 2])])
  }

  @Test func fileWithoutTheSectionIsNamed() throws {
    var sweep = try sweep()
    sweep.tuning = nil
    let folder = try TemporaryFolder()
    #expect(
      failure { _ = try search(sweep, in: folder) }?.contains("has no 'tune' section") == true)
  }
}
