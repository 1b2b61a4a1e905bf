import Datasets
import Experiments
import Foundation
import Metrics
import Models
import Report
import Testing

/// What `runs.csv` and `summary.csv` say of the settings of runs.
extension CSVFilesTests {
  /// The records of `runs.csv`.
  private func runTable(_ configurations: [RunConfiguration]) throws -> [[String]] {
    let runs = configurations.map { SyntheticSweep.run($0, SyntheticSweep.matrix(poles: 50)) }
    let input = ReportInput(
      profile: "settings", runs: runs, classes: [.synthia: SyntheticSweep.classes])
    return records(try #require(try SyntheticSweep.written(input)["runs.csv"]))
  }

  private func named(_ records: [[String]]) -> [[String: String]] {
    records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(records[0], $0)) }
  }

  private func polynomialSGD() throws -> RunConfiguration {
    var configuration = try SyntheticSweep.configuration(loss: "ce", seed: 1)
    configuration.training.optimizer = OptimizerConfiguration(.sgd, momentum: 0.9)
    configuration.training.schedule = LearningRateSchedule(.polynomial)
    return configuration
  }

  /// A sweep with everything that can be set has no column that one without lacks, so that tables of
  /// several sweeps have no holes.
  @Test func everySettingHasAColumnInEverySweep() throws {
    var full = try polynomialSGD()
    full.architecture = .deeplabv3plus
    full.training.validateEvery = 10
    full.training.schedule?.warmup = 5
    full.training.schedule?.warmupFactor = 0.1
    full.training.optimizer?.nesterov = true
    full.training.optimizer?.weightDecay = 0.001
    full.training.syncBatchNorm = false
    full.pretrained = Pretraining(sha256: String(repeating: "ab", count: 32), partial: true)
    full.evaluation = EvaluationConfiguration(
      priorCorrection: [0.5], boundary: true, calibration: true)
    (full.data.trainLimit, full.data.evaluateLimit) = (5, 6)
    (full.data.evaluateHeight, full.data.evaluateWidth) = (64, 128)
    (full.data.scoredSize, full.data.void) = (.files, .counts)
    full.data.crop = CropConfiguration(0.5...2)
    full.data.folders = FolderRules(
      labels: .gray,
      classes: [
        .init(name: "a", id: 0, color: [0, 0, 0]), .init(name: "b", id: 1, color: [1, 1, 1]),
      ],
      ignored: [.id(9)], minority: ["b"],
      split: SeededSplit(ratios: [0.5, 0.25, 0.25], seed: 1, group: "g"), normalization: .imageNet)
    var torch = full
    torch.loss = "torch:Mine(a=1)"
    torch.torch = TorchIdentity(
      name: "Mine", sha256: String(repeating: "cd", count: 32), arguments: "a=1")
    let plain = try SyntheticSweep.configuration(loss: "ce", seed: 1)
    #expect(try runTable([plain])[0] == runTable([full, torch])[0])
    #expect(try runTable([plain])[0].contains("commit"))
  }

  @Test func settingsAtTheirDefaultsHaveTheirValues() throws {
    let plain = try SyntheticSweep.configuration(loss: "ce", seed: 2)
    let runs = named(try runTable([try polynomialSGD(), plain]))
    let (sgd, adam) = (runs[0], runs[4])
    #expect(sgd["seed"] == "1" && adam["seed"] == "2")
    #expect(sgd["training.optimizer.name"] == "sgd" && sgd["training.optimizer.momentum"] == "0.9")
    #expect(sgd["training.schedule.power"] == "0.9")
    let expected = [
      "training.optimizer.name": "adam", "training.optimizer.momentum": "0",
      "training.optimizer.nesterov": "false", "training.optimizer.weightDecay": "0",
      "training.schedule.shape": "constant", "training.schedule.warmup": "0",
      "training.schedule.power": "", "training.syncBatchNorm": "true",
      "training.checkpoint": "last", "data.scoredSize": "input",
      "data.evaluateHeight": "96", "data.evaluateWidth": "160", "data.void": "ignored",
      "data.normalization.mean": "[0.485,0.456,0.406]", "pretrained.sha256": "none",
      "pretrained.partial": "false", "evaluation.boundary": "false",
      "evaluation.priorCorrection": "[0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1]",
      "training.validateEvery": "", "torch.name": "",
    ]
    for (key, value) in expected { #expect(adam[key] == value, "\(key)") }
  }

  @Test func runsNameTheirCommit() throws {
    var input = try SyntheticSweep.small()
    for index in input.runs.indices {
      input.runs[index].environment = RunEnvironment(
        commit: "0123abcd-dirty", compiler: "", operatingSystem: "", cpu: "", cores: 1, threads: 1,
        blas: "", started: "", trainingSeconds: 1, evaluationSeconds: 1)
    }
    let runs = named(records(try #require(try SyntheticSweep.written(input)["runs.csv"])))
    #expect(runs.allSatisfy { $0["commit"] == "0123abcd-dirty" })
  }

  /// Runs of one panel that differ in a setting are told apart, also where the setting is a rare one.
  @Test func summaryTellsSettingsApart() throws {
    var runs = try [0.001, 0.003, 0.01].map { rate in
      var configuration = try SyntheticSweep.configuration(loss: "ce", seed: 1)
      configuration.training.learningRate = rate
      return SyntheticSweep.run(configuration, SyntheticSweep.matrix(poles: 50))
    }
    runs[2].configuration.data.augmentation = .none
    let input = ReportInput(
      profile: "settings", runs: runs, classes: [.synthia: SyntheticSweep.classes])
    let summary = named(records(try #require(try SyntheticSweep.written(input)["summary.csv"])))
    #expect(Set(summary.map { $0["panel"] }) == ["S18-A", "S18-B", "S18-C"])
    #expect(summary.compactMap { $0["learning_rate"] }.sorted() == ["0.001", "0.003", "0.01"])
    #expect(summary.allSatisfy { $0["optimizer"] == "adam" && $0["input"] == "96x160" })
    let augmentations = summary.map {
      ($0["learning_rate"] == "0.01") == ($0["data.augmentation"] == "none")
    }
    #expect(augmentations == [true, true, true])
    #expect(summary[0]["training.checkpoint"] == nil)
  }
}
