import BundleSupport
import Datasets
import Experiments
import Files
import Foundation
import Losses
import Metrics
import Models
import Synchronization
import Tensors
import TestSupport
import Testing

/// A run's files are the same bits when it is run again, interrupted and resumed anywhere, and on
/// any number of threads; on one kind of CPU with one BLAS.
@Suite struct SameBitsTests {
  private static let iterations = 6
  private static let images = 4

  private let temporary: TemporaryFolder
  private let dataset: CamVidDataset

  init() throws {
    temporary = try TemporaryFolder()
    dataset = try writeCamVid(
      to: temporary.file("camvid"), sizes: Array(repeating: (33, 40), count: Self.images))
  }

  private func configuration(
    _ backbone: Backbone, loss: String, checkpoint: CheckpointRule = .last, seed: UInt64 = 1,
    looks: Bool = false
  ) -> RunConfiguration {
    RunConfiguration(
      data: DataConfiguration(
        name: .camvid, source: .real, split: .official, height: 33, width: 40, augmentation: .flip,
        evaluate: .test),
      backbone: backbone, width: 1 / 16, loss: loss,
      training: TrainingConfiguration(
        iterations: Self.iterations, batch: 2, learningRate: 1e-3, checkpoint: checkpoint,
        validateEvery: checkpoint == .best || looks ? 2 : nil),
      seed: seed)
  }

  /// Runs to the end and returns the digest of each file that holds results.
  ///
  /// - Parameter stops: how often it is asked in each session whether to stop before the answer is
  ///   yes: before every iteration, and after every batch of the evaluation. After the last of them
  ///   it is left alone.
  private func run(
    _ configuration: RunConfiguration, name: String, threads: Int = 1, stops: [Int] = []
  ) throws -> [String: String] {
    let compute = Compute(threads: threads)
    let data = try RunData(
      configuration.data, dataset: dataset,
      needsValidation: configuration.training.validateEvery != nil, compute: compute)
    let output = temporary.file(name)
    let folder = try RunFolder(SweepFolder(output), configuration: configuration)
    for stop in stops.map(Optional.some) + [nil] {
      var asked = 0
      do {
        try folder.prepare()
        // A fresh folder value and a fresh trainer, as in a new process.
        try trainRun(
          configuration, data: data, folder: folder, compute: compute,
          checkpointEverySeconds: 1e9, environment: exampleEnvironment, progress: { _ in },
          isInterrupted: {
            asked += 1
            return stop.map { asked > $0 } ?? false
          })
        #expect(stop == nil, "the run ended before it could be stopped")
      } catch is Interrupted {
        #expect(!folder.isDone)
      }
    }
    #expect(folder.isDone)
    defer { try? FileManager.default.removeItem(at: output) }
    return try digests(folder)
  }

  /// Of each file of a finished run. What of `run.json` is left out are the seconds that it took, and
  /// the seal, which is a digest of everything else, the seconds too.
  private func digests(_ folder: RunFolder) throws -> [String: String] {
    var digests: [String: String] = [:]
    for file in ["weights.safetensors", "arrays.npz"] {
      digests[file] = sha256(try Data(contentsOf: folder.file(file)))
    }
    let text = try String(contentsOf: folder.file("run.json"), encoding: .utf8)
    let timeless = text.replacing(/"(training|evaluation)Seconds" : [^,\n]*/, with: "")
      .replacing(/"seal" : "[0-9a-f]{64}"/, with: "")
    #expect(timeless.count < text.count)
    digests["run.json"] = sha256(Data(timeless.utf8))
    let record = try RunFolder.load(folder.url)
    #expect(record.predictions.count == Self.images && !record.history.isEmpty)
    #expect((record.checkpoints == nil) == (folder.configuration.training.validateEvery == nil))
    return digests
  }

  /// The record of a run from beginning to end, with the labels that it was scored on.
  private func record(_ configuration: RunConfiguration) throws -> (RunRecord, [Int: LabeledImage])
  {
    let compute = Compute(threads: 1)
    let data = try RunData(
      configuration.data, dataset: dataset,
      needsValidation: configuration.training.validateEvery != nil, compute: compute)
    let folder = try RunFolder(SweepFolder(temporary.file("out")), configuration: configuration)
    try folder.prepare()
    try trainRun(
      configuration, data: data, folder: folder, compute: compute, checkpointEverySeconds: 1e9,
      environment: exampleEnvironment, progress: { _ in }, isInterrupted: { false })
    let record = try RunFolder.load(folder.url)
    return (record, try record.evaluatedImages(Array(record.predictions.keys), of: dataset))
  }

  /// A stored prediction, scored again, gives the image's stored confusion matrix.
  @Test func keptPredictionsAreThoseThatWereScored() throws {
    let (record, images) = try record(configuration(.resnet18, loss: "recall"))
    #expect(record.predictions.keys.sorted() == [0, 1, 2, 3])
    for (place, prediction) in record.predictions {
      var matrix = ConfusionMatrix(classes: 11)
      try matrix.add(truth: try #require(images[place]).labels.ids, prediction: prediction.ids)
      #expect(matrix == record.confusions[place])
    }
    #expect(record.checkpoints == nil)
  }

  /// What is counted besides is of the stored predictions, changes nothing else, and does not depend
  /// on threads.
  @Test func boundariesAndProbabilitiesAreOfThePredictions() throws {
    let plain = configuration(.resnet18, loss: "ce")
    let (bare, _) = try record(plain)
    #expect(bare.boundaries == nil && bare.calibration == nil)
    var measured = plain
    measured.evaluation = EvaluationConfiguration(boundary: true, calibration: true)
    let (record, images) = try record(measured)
    #expect(record.confusions == bare.confusions)
    let boundaries = try #require(record.boundaries)
    for (place, prediction) in record.predictions {
      var counts = BoundaryCounts(classes: 11)
      counts.add(
        truth: try #require(images[place]).labels.ids, prediction: prediction.ids, width: 40,
        boundary: 1, ignored: LabelMap.ignored)
      #expect(counts == boundaries[place])
    }
    let calibration = try #require(record.calibration)
    #expect(calibration.confidence.pixels.reduce(0, +) == record.confusion.pixels)
    #expect(calibration.confidence.frequency == record.confusion.pixelAccuracy)
    for (c, counts) in calibration.classes.enumerated() {
      #expect(counts.occurred.reduce(0, +) == record.confusion.truePixels(of: c))
    }
    let one = try run(measured, name: "one")
    #expect(try run(measured, name: "three", threads: 3, stops: [3, 4]) == one)
  }

  /// Best and last weights are both scored, each the same whichever of them the run is about.
  @Test func bestAndLastAreScoredWhicheverIsChosen() throws {
    let (last, _) = try record(configuration(.resnet18, loss: "lovasz", looks: true))
    let (best, _) = try record(configuration(.resnet18, loss: "lovasz", checkpoint: .best))
    let scores = try #require(last.checkpoints)
    #expect(best.checkpoints == scores)
    #expect(scores.last.iteration == Self.iterations && last.evaluatedIteration == Self.iterations)
    #expect(scores.last.meanIoU == last.confusion.meanIoU)
    #expect(scores.best.meanIoU == best.confusion.meanIoU)
    #expect(scores.best.iteration == best.evaluatedIteration)
    let looks = last.history.filter { $0.validationMeanIoU != nil }
    let top = looks.max { ($0.validationMeanIoU ?? 0) < ($1.validationMeanIoU ?? 0) }
    #expect(looks.count == 3 && scores.best.iteration == top?.iteration)
  }

  /// Labels other than those that were scored are refused, not shown beside the predictions.
  @Test func otherLabelsThanThoseScoredAreRefused() throws {
    var (record, _) = try record(configuration(.resnet18, loss: "ce"))
    record.confusions[1] = record.confusions[0]
    let message = failure { _ = try record.evaluatedImages([1], of: dataset) }
    #expect(message?.contains("the labels of") == true)
    let number = try #require(record.split.content?.evaluated.first)
    record.split.content?.evaluated[0] = "1x1 " + number
    let pixels = failure { _ = try record.evaluatedImages([0], of: dataset) }
    #expect(pixels?.contains("the pixels of") == true)
    record.split.evaluated[0] = "another"
    let named = failure { _ = try record.evaluatedImages([0], of: dataset) }
    #expect(named?.contains("their names differ") == true)
  }

  /// Of eight images in four stretches, those with more pixels of CamVid's pedestrian (9), a minority
  /// class; of equal ones the first.
  @Test func picturedImagesComeFromEqualStretches() throws {
    let root = temporary.file("camvid")
    for (index, pedestrians) in [5, 9, 700, 600, 0, 0, 3, 4].enumerated() {
      let labels = (0..<33 * 40).map { $0 < pedestrians ? UInt8(9) : 3 }
      try PNG.writeGray(
        height: 33, width: 40, bytes: labels, to: root.appending(path: "testannot/\(index).png"))
      try PNG.write(
        ColorImage(height: 33, width: 40, bytes: [UInt8](repeating: 9, count: 33 * 40 * 3)),
        to: root.appending(path: "test/\(index).png"))
    }
    let data = try RunData(
      configuration(.resnet18, loss: "ce").data, dataset: CamVidDataset(root: root),
      needsValidation: false, compute: Compute(threads: 2))
    #expect(data.pictured == [1, 2, 4, 7])
  }

  @Test(
    arguments: [Backbone.resnet18, .resnet101],
    [("ce", CheckpointRule.last), ("recall", .best), ("recall(momentum: 0.5)", .best)])
  func rerunResumedAndThreadedRunsAreTheSameBits(
    backbone: Backbone, variant: (loss: String, checkpoint: CheckpointRule)
  ) throws {
    let c = configuration(backbone, loss: variant.loss, checkpoint: variant.checkpoint)
    let calm = try run(c, name: "calm")
    #expect(try run(c, name: "again") == calm)
    for threads in [2, 3] { #expect(try run(c, name: "threads", threads: threads) == calm) }
    // Before each iteration, and after each batch of the evaluation: two images a batch.
    for stop in 0..<Self.iterations + Self.images / 2 {
      #expect(try run(c, name: "stopped", stops: [stop]) == calm, "stopped after \(stop)")
    }
    // Every session does a single iteration, on threads in turn.
    let stops = [Int](repeating: 1, count: Self.iterations)
    #expect(try run(c, name: "often", threads: 2, stops: stops) == calm)
    // What would make all of the above hold for nothing.
    let other = configuration(
      backbone, loss: variant.loss, checkpoint: variant.checkpoint, seed: 2)
    let others = try run(other, name: "other")
    #expect(others["weights.safetensors"] != calm["weights.safetensors"])
  }

  /// Every optimizer's state and every schedule's place outlast an interruption.
  @Test(arguments: ["sgd", "adamw", "adam"])
  func otherRecipesAreTheSameBitsToo(name: String) throws {
    var c = configuration(.resnet18, loss: "ce", checkpoint: .best)
    switch name {
    case "sgd":
      c.training.optimizer = OptimizerConfiguration(
        .sgd, momentum: 0.9, nesterov: true, weightDecay: 1e-2)
      c.training.schedule = LearningRateSchedule(.polynomial, warmup: 3)
      c.data.crop = CropConfiguration(0.5...2)
    case "adamw":
      c.training.optimizer = OptimizerConfiguration(.adamw, weightDecay: 0.1)
      c.training.schedule = LearningRateSchedule(.cosine)
    default:
      c.training.optimizer = OptimizerConfiguration(.adam, weightDecay: 0.1)
      c.data.crop = CropConfiguration(0.75...1.5)
    }
    let calm = try run(c, name: "calm")
    for threads in [2, 3] { #expect(try run(c, name: "threads", threads: threads) == calm) }
    for stop in [1, 4] { #expect(try run(c, name: "stopped", stops: [stop]) == calm) }
    let stops = [Int](repeating: 1, count: Self.iterations)
    #expect(try run(c, name: "often", threads: 2, stops: stops) == calm)
    // What would make all of the above hold for nothing.
    var other = c
    other.training.optimizer?.weightDecay = 0.5
    #expect(try run(other, name: "other")["weights.safetensors"] != calm["weights.safetensors"])
    var plain = c
    (plain.training.schedule, plain.data.crop) = (nil, nil)
    #expect(try run(plain, name: "plain")["weights.safetensors"] != calm["weights.safetensors"])
  }
}
