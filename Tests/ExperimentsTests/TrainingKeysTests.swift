import Datasets
import Experiments
import Files
import Foundation
import Models
import TestSupport
import Testing

@Suite("Optimizer, schedule and augmentation in sweep files")
struct TrainingKeysTests {
  private static let text = """
    name: tiny
    seeds: [1]
    backbones: [resnet18]
    losses: [ce]
    training: {iterations: 20, batch: 4, learning_rate: 1e-2}
    datasets:
      camvid:
        source: real
        size: [32, 64]
        augmentation: none
    """

  private func sweep(training: String = "", augmentation: String = "none") throws -> Sweep {
    let yaml = Self.text
      .replacing("learning_rate: 1e-2", with: "learning_rate: 1e-2" + training)
      .replacing("augmentation: none", with: "augmentation: \(augmentation)")
    return try Sweep(yaml: yaml, file: "t.yml")
  }

  private func run(training: String = "", augmentation: String = "none") throws -> RunConfiguration
  {
    try #require(try sweep(training: training, augmentation: augmentation).runs.first)
  }

  private static let recipes: [(String, OptimizerConfiguration?, LearningRateSchedule?)] = [
    ("optimizer: adamw", OptimizerConfiguration(.adamw, weightDecay: 0.01), nil),
    ("optimizer: adamw, weight_decay: 0.2", OptimizerConfiguration(.adamw, weightDecay: 0.2), nil),
    ("weight_decay: 1e-4", OptimizerConfiguration(.adam, weightDecay: 1e-4), nil),
    ("optimizer: sgd", OptimizerConfiguration(.sgd), nil),
    (
      "optimizer: sgd, momentum: 0.9, nesterov: true, weight_decay: 1e-4",
      OptimizerConfiguration(.sgd, momentum: 0.9, nesterov: true, weightDecay: 1e-4), nil
    ),
    ("schedule: polynomial", nil, LearningRateSchedule(.polynomial, power: 0.9)),
    ("schedule: polynomial, power: 2", nil, LearningRateSchedule(.polynomial, power: 2)),
    (
      "schedule: cosine, warmup: 5", nil,
      LearningRateSchedule(.cosine, warmup: 5, warmupFactor: 0.01)
    ),
    (
      "warmup: 5, warmup_factor: 0.5", nil,
      LearningRateSchedule(.constant, warmup: 5, warmupFactor: 0.5)
    ),
  ]

  @Test func keysAreRead() throws {
    let plain = try run()
    for (text, optimizer, schedule) in Self.recipes {
      let run = try run(training: ", " + text)
      #expect(run.training.optimizer == optimizer && run.training.schedule == schedule, "\(text)")
      #expect(try run.digest != plain.digest, "\(text)")
      let stored = try CanonicalJSON.decode(
        RunConfiguration.self, from: CanonicalJSON.encode(run), of: URL(filePath: "c.json"))
      #expect(stored == run)
      var other = run
      (other.training.optimizer, other.training.schedule) = (nil, nil)
      #expect(other == plain)
    }
  }

  /// Without the keys, and with their defaults, a configuration keeps its bytes.
  @Test func defaultsAddNothing() throws {
    let plain = try run()
    let json = String(decoding: try CanonicalJSON.encode(plain), as: UTF8.self)
    #expect(
      json.contains(
        #""training":{"batch":4,"checkpoint":"last","iterations":20,"learningRate":0.01}"#))
    #expect(!json.contains("crop"))
    let written = try run(
      training: ", optimizer: adam, momentum: 0, nesterov: false, weight_decay: 0, "
        + "schedule: constant, warmup: 0, sync_batch_norm: true")
    #expect(written == plain)
  }

  @Test func batchNormalizationOfEachRank() throws {
    let apart = try run(training: ", sync_batch_norm: false")
    #expect(apart.training.syncBatchNorm == false)
    #expect(try apart.digest != run().digest)
    #expect(
      failure { _ = try sweep(training: ", sync_batch_norm: 2") }
        == "t.yml:5:76: training.sync_batch_norm must be true or false, not '2'")
  }

  @Test func crops() throws {
    let plain = try run()
    #expect(plain.data.scaleAndCrop == nil)
    let scaled = try run(augmentation: "{scale: [0.5, 2], flip: true}")
    #expect(scaled.data.augmentation == .flip && scaled.data.crop == CropConfiguration(0.5...2))
    #expect(
      scaled.data.scaleAndCrop
        == ScaleAndCrop(scales: 0.5...2, base: .init(height: 32, width: 64), flips: true))
    let fixed = try run(augmentation: "{flip: true}")
    #expect(
      fixed.data.scaleAndCrop
        == ScaleAndCrop(scales: 1...1, base: .init(height: 32, width: 64), flips: true))
    // Objects are as large as in evaluation, whatever the size of a crop.
    let evaluated = try run(
      augmentation: "{scale: [0.5, 2]}\n    evaluate_size: [96, 192]")
    #expect(evaluated.data.scaleAndCrop?.base == .init(height: 96, width: 192))
    // Where the network sees whole files, scales are relative to them.
    let whole = try run(augmentation: "{scale: [0.5, 2]}\n    evaluate_size: files")
    #expect(
      whole.data.scaleAndCrop == ScaleAndCrop(scales: 0.5...2, base: nil, flips: false))
    #expect(
      try Set([plain, scaled, fixed, evaluated].map { try $0.digest }).count == 4)
  }

  /// What is added to the training, or stands as the augmentation, and the line that comes of it.
  private static let mistakes: [(training: String, augmentation: String, message: String)] = [
    (
      ", optimizer: adamW", "none",
      "5:70: unknown value 'adamW' of training.optimizer; did you mean 'adamw'? allowed: adam, "
        + "adamw, sgd"
    ),
    (
      ", momentum: 0.9", "none",
      "5:69: momentum is only for optimizer: sgd; here it is adam"
    ),
    (
      ", optimizer: sgd, momentum: 1.5", "none",
      "5:85: training.momentum must be a number from 0.0 to 1.0, not '1.5'"
    ),
    (
      ", optimizer: sgd, nesterov: true", "none",
      "5:85: nesterov is only for momentum above 0; here it is 0.0"
    ),
    (
      ", weight_decay: -1", "none",
      "5:73: training.weight_decay must be a number from 0.0 to 1.0, not '-1'"
    ),
    (
      ", schedule: poly", "none",
      "5:69: unknown value 'poly' of training.schedule; allowed: constant, polynomial, cosine"
    ),
    (
      ", schedule: cosine, power: 0.9", "none",
      "5:84: power is only for schedule: polynomial; here it is cosine"
    ),
    (
      ", schedule: polynomial, power: 0", "none",
      "5:88: training.power must be a number above 0 and at most 10.0, not '0'"
    ),
    (", warmup: 20", "none", "5:67: warmup is 20, not less than the 20 iterations"),
    (
      ", warmup: 1.5", "none",
      "5:67: training.warmup must be a whole number from 0 to 100000000, not '1.5'"
    ),
    (
      ", warmup_factor: 0.5", "none",
      "5:74: warmup_factor is only for warmup above 0; here it is 0"
    ),
    (
      ", warmup: 5, warmup_factor: 0", "none",
      "5:85: training.warmup_factor must be a number above 0 and at most 1.0, not '0'"
    ),
    (
      "", "{scale: 2}",
      "10:27: augmentation.scale must be [smallest, largest], such as [0.5, 2], not '2'"
    ),
    (
      "", "{scale: [2, 0.5]}",
      "10:27: augmentation.scale must be [smallest, largest], in this order, not a list"
    ),
    (
      "", "{scale: [0, 1]}",
      "10:28: augmentation.scale must be a number from 0.05 to 20.0, not '0'"
    ),
    (
      "", "{scales: [1, 2]}",
      "10:20: unknown key 'scales' in augmentation; did you mean 'scale'? allowed: scale, flip"
    ),
    (
      "", "{flip: yes}",
      "10:26: augmentation.flip must be true or false, not 'yes'"
    ),
    (
      "", "zoom",
      "10:19: unknown value 'zoom' of augmentation; allowed: none, flip, cityscapes"
    ),
  ]

  @Test(arguments: mistakes)
  func mistakeIsNamedWithItsPlace(training: String, augmentation: String, message: String) {
    let found = failure { _ = try sweep(training: training, augmentation: augmentation) } ?? ""
    let text = found.replacing("datasets.camvid.", with: "")
    #expect(text == "t.yml:" + message)
  }

  /// A setting replaces single keys, and so does a data set's own training.
  @Test func keysMerge() throws {
    let yaml =
      Self.text.replacing("1e-2}", with: "1e-2, optimizer: sgd, momentum: 0.9, warmup: 3}") + """

            training: {weight_decay: 0.1}
        settings:
          - {schedule: cosine}
          - {momentum: 0, warmup: 0}
        """
    let runs = try Sweep(yaml: yaml, file: "t.yml").runs
    #expect(
      runs.map(\.training.optimizer) == [
        OptimizerConfiguration(.sgd, momentum: 0.9, weightDecay: 0.1),
        OptimizerConfiguration(.sgd, weightDecay: 0.1),
      ])
    #expect(runs.map(\.training.schedule) == [LearningRateSchedule(.cosine, warmup: 3), nil])
    #expect(
      runs[0].differences(from: runs[1]) == [
        "training.optimizer.momentum 0.9, not none", "training.schedule.shape cosine, not none",
        "training.schedule.warmup 3, not none", "training.schedule.warmupFactor 0.01, not none",
      ])
  }
}
