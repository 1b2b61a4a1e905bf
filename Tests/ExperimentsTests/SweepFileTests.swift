import Datasets
import Experiments
import Files
import Foundation
import TestSupport
import Testing

@Suite("Sweep files")
struct SweepFileTests {
  static let text = """
    name: tiny
    seeds: [1, 2]
    backbones: [resnet18]
    losses: [ce, "focal(gamma: 2)"]
    network: {width: 0.25}
    training: {iterations: 20, batch: 4, learning_rate: 1e-3}
    datasets:
      synthia:
        source: rendered
        render: {seed: 3, train: 16, validation: 8, test: 16, height: 64, width: 128}
        size: [32, 64]
      cityscapes:
        source: real
        size: [48, 48]
        evaluate_size: [64, 128]
        augmentation: cityscapes
        limits: {train: 7, evaluate: 5}
        training: {iterations: 30, checkpoint: best, validate_every: 10}
    execution: {jobs: 2}
    """

  @Test func readsEveryField() throws {
    let sweep = try Sweep(yaml: Self.text, file: "t.yml")
    #expect(sweep.name == "tiny")
    #expect(sweep.seeds == [1, 2])
    #expect(sweep.losses == ["ce", "focal(gamma: 2)"])
    #expect(sweep.width == 0.25)
    #expect(sweep.jobs == 2)
    let synthia = DataConfiguration(
      name: .synthia, source: .rendered,
      render: RenderConfiguration(
        seed: 3, train: 16, validation: 8, test: 16, height: 64, width: 128),
      split: .shuffled, height: 32, width: 64, augmentation: .none, evaluate: .test)
    let cityscapes = DataConfiguration(
      name: .cityscapes, source: .real, split: .official, height: 48, width: 48,
      augmentation: .cityscapes, evaluate: .validation, trainLimit: 7, evaluateLimit: 5,
      evaluateHeight: 64, evaluateWidth: 128)
    #expect(sweep.datasets.map(\.data) == [synthia, cityscapes])
    #expect(
      sweep.datasets.map(\.training) == [
        TrainingConfiguration(iterations: 20, batch: 4, learningRate: 0.001, checkpoint: .last),
        TrainingConfiguration(
          iterations: 30, batch: 4, learningRate: 0.001, checkpoint: .best, validateEvery: 10),
      ])
  }

  private static let settings = """

    settings:
      - {backbones: [resnet18], architecture: deeplabv3plus, size: [16, 32], iterations: 40}
      - {width: 0.125, learning_rate: [1e-3, 3e-3]}
    """

  /// A setting goes before a data set's own training, and that before the sweep's.
  /// Two runs of one configuration would be trained in one folder.
  @Test(arguments: [
    "settings: [{learning_rate: 1e-3}, {learning_rate: 1e-3}]",
    "settings: [{learning_rate: [1e-3, 1e-2]}, {learning_rate: 1e-2}]",
  ])
  func equalSettingsAreRefused(settings: String) {
    let error = #expect(throws: UserError.self) {
      try Sweep(yaml: Self.text + "\n" + settings, file: "t.yml")
    }
    #expect(error?.description.contains("two settings train the same run") == true, "\(error!)")
  }

  @Test func settingsReplaceWhatTheyName() throws {
    var sweep = try Sweep(yaml: Self.text + Self.settings, file: "t.yml")
    sweep.seeds = [1]
    let runs = sweep.runs.filter { $0.loss == "ce" && $0.data.name == .cityscapes }
    #expect(runs.map(\.architecture) == [.deeplabv3plus, nil, nil])
    #expect(runs.map(\.width) == [0.25, 0.125, 0.125])
    #expect(runs.map(\.data.height) == [16, 48, 48] && runs[0].data.evaluateHeight == 64)
    #expect(runs.map(\.training.iterations) == [40, 30, 30])
    #expect(runs.map(\.training.learningRate) == [1e-3, 1e-3, 3e-3])
    #expect(runs.allSatisfy { $0.training.checkpoint == .best })
    sweep.backbones = [.resnet101]
    #expect(sweep.runs.allSatisfy { $0.architecture == nil && $0.width == 0.125 })
  }

  @Test func everyBackboneNeedsASetting() throws {
    let only = Self.settings.replacing("width: 0.125", with: "backbones: [resnet18], width: 0.125")
    var sweep = try Sweep(yaml: Self.text + only, file: "t.yml")
    var overrides = SweepOverrides()
    (overrides.backbones, overrides.datasets) = ([.resnet101], [.synthia])
    let message = failure { try sweep.apply(overrides) } ?? ""
    #expect(message.contains("t.yml: has no setting for resnet101"), "\(message)")
  }

  @Test func oneRunNeedsOneSetting() throws {
    var sweep = try Sweep(yaml: Self.text + Self.settings, file: "t.yml")
    let message = failure { try sweep.useOnlySetting(of: .resnet18) } ?? ""
    #expect(message.contains("2 settings for resnet18"), "\(message)")
    try sweep.useOnlySetting(of: .resnet101)
    #expect(sweep.settings.isEmpty && sweep.width == 0.125)
  }

  @Test func strengthsOfPriorCorrectionAreNumbersFromZeroToOne() throws {
    let sweep = try Sweep(
      yaml: Self.text + "\nevaluate: {prior_correction: [1, 0, 0.25]}", file: "t.yml")
    #expect(sweep.runs.allSatisfy { $0.evaluation?.priorCorrection == [0, 0.25, 1] })
    for (wrong, message) in [
      ("[0, 1.5]", "evaluate.prior_correction must be a number from 0.0 to 1.0, not '1.5'"),
      ("[0, x]", "evaluate.prior_correction must be a number from 0.0 to 1.0, not 'x'"),
      ("0.5", "evaluate.prior_correction must be a list, not '0.5'"),
      ("[]", "evaluate.prior_correction must not be empty"),
      ("[0.5, 0.50]", "evaluate.prior_correction lists '0.50' twice"),
    ] {
      let error =
        failure {
          _ = try Sweep(yaml: Self.text + "\nevaluate: {prior_correction: \(wrong)}", file: "t.yml")
        } ?? ""
      #expect(error.hasPrefix("t.yml:20:") && error.contains(message), "\(error)")
    }
  }

  @Test func architectureIsDeepLabV3UnlessNamed() throws {
    var sweep = try Sweep(yaml: Self.text, file: "t.yml")
    #expect(sweep.architecture == .deeplabv3)
    #expect(sweep.runs.allSatisfy { $0.architecture == nil })
    let yaml = Self.text.replacingOccurrences(
      of: "{width: 0.25}", with: "{architecture: deeplabv3plus, width: 0.5}")
    let plus = try Sweep(yaml: yaml, file: "t.yml")
    #expect(plus.width == 0.5)
    #expect(plus.runs.allSatisfy { $0.architecture == .deeplabv3plus })
    var selection = SweepOverrides()
    selection.architecture = .deeplabv3plus
    selection.datasets = [.synthia]
    #expect(selection.changesRuns)
    try sweep.apply(selection)
    #expect(sweep.runs.first?.label == "synthia deeplabv3plus resnet18 ce s1")
  }

  /// Without the key, and with its default, a configuration keeps its bytes.
  @Test func voidCountsWhereItIsSaid() throws {
    func sweep(_ rule: String) throws -> Sweep {
      let yaml = Self.text.replacingOccurrences(
        of: "size: [32, 64]", with: "size: [32, 64]\n    void: \(rule)")
      return try Sweep(yaml: yaml, file: "t.yml")
    }
    let plain = try Sweep(yaml: Self.text, file: "t.yml")
    #expect(try sweep("ignored") == plain)
    #expect(
      try !String(decoding: CanonicalJSON.encode(plain.runs[0]), as: UTF8.self).contains("void"))
    let counting = try sweep("counts").runs[0]
    #expect(counting.data.void == .counts)
    #expect(try counting.digest != plain.runs[0].digest)
    #expect(try counting.data.descriptor.classes.count == 14)
    #expect(try plain.runs[0].data.descriptor.classes.count == 13)
    #expect(counting.differences(from: plain.runs[0]) == ["data.void counts, not none"])
    #expect(
      failure { _ = try sweep("is ignored") }
        == "t.yml:12:11: unknown value 'is ignored' of datasets.synthia.void; allowed: ignored, counts"
    )
  }

  @Test func runsAreAllCombinationsFirstSeedFirst() throws {
    let runs = try Sweep(yaml: Self.text, file: "t.yml").runs
    #expect(
      runs.map(\.label) == [
        "synthia resnet18 ce s1", "synthia resnet18 focal(gamma: 2) s1",
        "cityscapes resnet18 ce s1", "cityscapes resnet18 focal(gamma: 2) s1",
        "synthia resnet18 ce s2", "synthia resnet18 focal(gamma: 2) s2",
        "cityscapes resnet18 ce s2", "cityscapes resnet18 focal(gamma: 2) s2",
      ])
  }

  /// What is replaced by what, and the line that comes of it.
  static let mistakes: [(String, String, String)] = [
    (
      "iterations: 20", "iteratons: 20",
      "t.yml:6:12: unknown key 'iteratons' in training; did you mean 'iterations'? "
        + "allowed: iterations, batch, learning_rate, checkpoint, validate_every, optimizer, "
        + "momentum, nesterov, weight_decay, schedule, power, warmup, warmup_factor, "
        + "sync_batch_norm"
    ),
    (
      "backbones: [resnet18]", "backbones: [resnet19]",
      "t.yml:3:13: unknown value 'resnet19' of backbones; did you mean 'resnet18'? "
        + "allowed: resnet18, resnet18_authors, resnet34, resnet50, resnet101"
    ),
    ("seeds: [1, 2]", "seeds: [1, 1]", "t.yml:2:12: seeds lists '1' twice"),
    (
      "seeds: [1, 2]", "seeds: 1",
      "t.yml:2:8: seeds must be a list, not '1'"
    ),
    ("seeds: [1, 2]", "seeds: []", "t.yml:2:8: seeds must not be empty"),
    (
      "width: 0.25", "width: 1.5",
      "t.yml:5:18: network.width must be a number above 0 and at most 1.0, not '1.5'"
    ),
    (
      "width: 0.25", "architecture: deeplabv4",
      "t.yml:5:25: unknown value 'deeplabv4' of network.architecture; did you mean 'deeplabv3'? "
        + "allowed: deeplabv3, deeplabv3plus"
    ),
    (
      "width: 0.25", "depth: 18",
      "t.yml:5:11: unknown key 'depth' in network; allowed: architecture, width, "
        + "pretrained, pretrained_partial"
    ),
    (
      "batch: 4", "batch: four",
      "t.yml:6:35: training.batch must be a whole number from 2 to 4096, not 'four'"
    ),
    (
      "batch: 4", "batch: 99999999999999999999",
      "t.yml:6:35: training.batch must be a whole number from 2 to 4096, "
        + "not '99999999999999999999'"
    ),
    (
      "learning_rate: 1e-3", "learning_rate: nan",
      "t.yml:6:53: training.learning_rate must be a number above 0 and at most 10.0, not 'nan'"
    ),
    (
      "size: [32, 64]", "size: [32]",
      "t.yml:11:11: datasets.synthia.size must be [height, width] in pixels, not a list"
    ),
    (
      "\"focal(gamma: 2)\"", "focal(gamma: 2)",
      "t.yml:4:14: a loss with parameters needs quotes, such as \"focal(gamma: 1)\""
    ),
    (
      "augmentation: cityscapes", "void: counts",
      "t.yml:16:11: cityscapes has no void class that could count; leave void out"
    ),
    ("name: tiny", "name: tiny\nname: again", "t.yml:1:1: duplicate key 'name'"),
    ("name: tiny\n", "", "t.yml:1:1: 'name' is missing"),
    (
      ", validate_every: 10", "",
      "t.yml:18:44: checkpoint: best needs validate_every, in iterations"
    ),
    (
      "validate_every: 10", "validate_every: 31",
      "t.yml:18:66: validate_every is 31, more than the 30 iterations"
    ),
    (
      "source: real", "source: rendered",
      "t.yml:13:13: source: rendered needs a 'render' section"
    ),
    (
      "execution: {jobs: 2}", "execution: {jobs: 2",
      "t.yml:20:1: not valid YAML: did not find expected ',' or '}'"
    ),
  ]

  @Test(arguments: mistakes)
  func mistakeIsNamedWithItsPlace(original: String, replacement: String, message: String) {
    let yaml = Self.text.replacingOccurrences(of: original, with: replacement)
    #expect(yaml != Self.text)
    #expect(failure { _ = try Sweep(yaml: yaml, file: "t.yml") } == message)
  }

  @Test func unknownLossNamesThePlaceAndTheLossesThereAre() throws {
    let yaml = Self.text.replacingOccurrences(of: "[ce,", with: "[cross_entropy,")
    let message = try #require(failure { _ = try Sweep(yaml: yaml, file: "t.yml") })
    #expect(message.hasPrefix("t.yml:4:10: "))
    #expect(message.contains("unknown loss \"cross_entropy\""))
    #expect(message.contains("weighted_ce, balanced_ce, focal, ohem, soft_iou, lovasz, recall"))
  }

  @Test(arguments: ["", "[]", "- a", "a: &x [*x]", "\u{0}", "%", "? [a]\n: b", "1", "name: {a: 1}"])
  func nonsenseIsAnErrorOfOneLine(yaml: String) throws {
    let message = try #require(failure { _ = try Sweep(yaml: yaml, file: "t.yml") })
    #expect(message.hasPrefix("t.yml"))
    #expect(!message.contains("\n"))
  }

  @Test func selectionTakesThePlaceOfFields() throws {
    var sweep = try Sweep(yaml: Self.text, file: "t.yml")
    var selection = SweepOverrides()
    selection.seeds = [7]
    selection.losses = ["focal", "ohem(keep: 0.5)"]
    selection.paths = [.cityscapes: URL(filePath: "/data"), .synthia: URL(filePath: "/other")]
    try sweep.apply(selection)
    #expect(sweep.seeds == [7])
    #expect(sweep.losses == ["focal(gamma: 1)", "ohem(keep: 0.5)"])
    #expect(sweep.datasets.map(\.data.source) == [.real, .real])
    #expect(sweep.datasets[0].data.render == nil)
  }

  @Test func realDataWithoutPathSaysWhichFlagGivesIt() throws {
    var sweep = try Sweep(yaml: Self.text, file: "t.yml")
    #expect(
      failure { try sweep.apply(SweepOverrides()) }
        == "t.yml: cityscapes needs the real data: give its folder with --cityscapes PATH, "
        + "RECALLBENCH_CITYSCAPES or 'path' in the sweep file")
    var selection = SweepOverrides()
    selection.datasets = [.synthia]
    try sweep.apply(selection)
    #expect(sweep.datasets.map(\.data.name) == [.synthia])
  }

  @Test func pathOfADataSetNotInTheSweepIsAnError() throws {
    var sweep = try Sweep(yaml: Self.text, file: "t.yml")
    var selection = SweepOverrides()
    selection.paths = [.camvid: URL(filePath: "/x"), .cityscapes: URL(filePath: "/y")]
    #expect(
      failure { try sweep.apply(selection) }
        == "t.yml: has no data set camvid for --camvid")
  }

  @Test func lossesAreSplitOutsideParentheses() {
    #expect(splitLosses("ce, a(b: 1, c: 2),d") == ["ce", "a(b: 1, c: 2)", "d"])
    #expect(
      splitLosses("recall + 0.5 * soft_tversky(alpha: 1, beta: 2), ohem.published")
        == ["recall + 0.5 * soft_tversky(alpha: 1, beta: 2)", "ohem.published"])
  }

  @Test func sumsAndVariantsAreReadInTheirNormalForm() throws {
    let losses = [
      "0.5*lovasz+recall", "focal.published", "\"2 * focal(gamma: 2) + ce\"",
      "0.5 * ce + 0.5 * soft_dice",
    ]
    let normal = [
      "recall + 0.5 * lovasz", "focal.published(gamma: 1)", "2 * focal(gamma: 2) + ce",
      "0.5 * ce + 0.5 * soft_dice",
    ]
    let flow = Self.text.replacingOccurrences(
      of: "[ce, \"focal(gamma: 2)\"]", with: "[\(losses.joined(separator: ", "))]")
    #expect(try Sweep(yaml: flow, file: "t.yml").losses == normal)
    let block = Self.text.replacingOccurrences(
      of: " [ce, \"focal(gamma: 2)\"]", with: losses.map { "\n  - \($0)" }.joined())
    #expect(try Sweep(yaml: block, file: "t.yml").losses == normal)
  }

  @Test func mistakeInASumIsPointedAt() throws {
    let yaml = Self.text.replacingOccurrences(of: "[ce,", with: "[recall + lovas,")
    let message = try #require(failure { _ = try Sweep(yaml: yaml, file: "t.yml") })
    #expect(
      message.hasPrefix(
        "t.yml:4:10: loss \"recall + lovas\", column 10: unknown loss \"lovas\"; did you mean "
          + "\"lovasz\"? use one of ce, "))
  }
}
