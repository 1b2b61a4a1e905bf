import Checkpoints
import Datasets
import Experiments
import Files
import Foundation
import Models
import Tensors
import TestSupport
import Testing

/// A network trained by several ranks, each on a part of every batch, is the one that a single rank trains,
/// up to the rounding of sums. Ranks are threads here; `benchmarks/speed/check_ranks.sh` compares them with
/// processes.
///
/// Every step begins with the weights of one rank. Trainings left to themselves drift apart, as two of
/// one rank do whose images differ in the last bit: now and then a value crosses zero in front of a ReLU.
/// After 20 steps on such images (batch 8, SGD with momentum 0.5, rates 1e-5 to 1e-3), ResNet-101 differed
/// by 2e-6 to 0.5 from its twin of one rank, and by 3e-6 to 0.4 from that of two ranks.
@Suite struct RankTrainingTests {
  private static let classes = 7
  private static let steps = 20

  /// What a rank has after each step.
  private struct Step: Equatable {
    var loss: Double
    var weights: [NamedArray]
  }

  private static func configuration(
    _ backbone: Backbone, _ architecture: Architecture = .deeplabv3, loss: String,
    width: Double = 1 / 16, optimizer: OptimizerConfiguration? = OptimizerConfiguration(.sgd)
  ) -> RunConfiguration {
    var c = exampleConfiguration(loss: loss)
    c.backbone = backbone
    c.architecture = architecture == .deeplabv3 ? nil : architecture
    (c.width, c.training.batch, c.training.learningRate) = (width, 4, 1e-3)
    c.training.optimizer = optimizer
    return c
  }

  private static func batch(_ c: RunConfiguration) -> Batch {
    let (n, h, w) = (c.training.batch, 33, 40)
    var random = RandomSource(seed: 9)
    let ids = (0..<n * h * w).map { i -> UInt8 in
      let image = i / (h * w)
      // Some classes are in some images only.
      let id = (i / 57 + image) % (3 + image)
      return random.below(20) == 0 ? LabelMap.ignored : UInt8(id)
    }
    // Images that differ as a whole: batch normalization of the pooled features divides by how much they do.
    let images = randomTensor(Shape(n: n, h: h, w: w, c: 3), seed: 4)
    for i in 0..<images.count {
      let image = i / (h * w * 3)
      let tint: Float = i % 3 == image % 2 ? 1 : 0
      images[i] = images[i] / 2 + Float(image % 3) - 1 + tint
    }
    return Batch(images: images, labels: LabelMap(n: n, h: h, w: w, ids: ids))
  }

  /// Makes rounding matter little, as it does in a trained network: in one with initial weights, a ResNet-101
  /// so narrow and on images so small enlarges differences from block to block, and shifts that begin
  /// at zero would be compared relative to a few steps' changes.
  private static func condition(_ network: SegmentationNetwork) {
    var random = RandomSource(seed: 6)
    for parameter in network.parameters {
      if parameter.name.hasSuffix(".bias") {
        for i in 0..<parameter.value.count { parameter.value[i] = Float(0.3 * random.normal()) }
      } else if parameter.name.contains("bn3.weight") {
        parameter.value.fill(0.2)
      }
    }
  }

  /// - Parameter starts: the weights that each step begins with; nil for those of the step before.
  private static func train(
    _ c: RunConfiguration, steps: Int, from starts: [[NamedArray]]?, ranks: (any Communicator)?
  ) throws -> [Step] {
    let compute = Compute(threads: 1, ranks: ranks)
    let whole = batch(c)
    let trainer = try Trainer(
      c, classes: classes, classPixels: whole.labels.histogram(classes: classes),
      validationFirstImagePixels: whole.labels.histogram(classes: classes), compute: compute)
    condition(trainer.network)
    let images = ranks.map { whole.images.part(of: $0, compute) } ?? whole.images
    return try (0..<steps).map { step in
      if let starts, step > 0 { try trainer.network.load(starts[step - 1]) }
      let loss = try trainer.step(Batch(images: images, labels: whole.labels)).loss
      return Step(loss: loss, weights: trainer.network.stateDict())
    }
  }

  /// - Returns: what all ranks have, which must be the same bits.
  private func train(
    _ c: RunConfiguration, steps: Int = steps, from starts: [Step]? = nil, ranks: Int
  ) throws -> [Step] {
    let starts = starts?.map(\.weights)
    let all = try ThreadRanks.run(ranks) {
      try Self.train(c, steps: steps, from: starts, ranks: $0)
    }.map { try $0.get() }
    #expect(all.allSatisfy { $0 == all[0] }, "ranks differ")
    return all[0]
  }

  /// For each step the relative difference of the loss, or if it is larger, of an element of the weights and
  /// the running statistics, relative to the largest of its tensor.
  private func distances(_ a: [Step], _ b: [Step]) -> [Double] {
    zip(a, b).map { a, b in
      zip(a.weights, b.weights).reduce(abs(a.loss - b.loss) / abs(b.loss)) {
        max($0, Difference($1.0.values, $1.1.values).maximum)
      }
    }
  }

  private static let losses = [
    "ce", "weighted_ce", "balanced_ce", "focal(gamma: 1)", "ohem(keep: 0.7)", "soft_iou", "lovasz",
    "recall",
  ]

  @Test(arguments: losses, [Backbone.resnet18, .resnet101])
  func stepsAreThoseOfOneRank(loss: String, backbone: Backbone) throws {
    try expectStepsOfOneRank(Self.configuration(backbone, loss: loss))
  }

  @Test(arguments: ["ce", "lovasz", "recall(momentum: 0.5)"])
  func stepsOfTheDecoderAreThoseOfOneRank(loss: String) throws {
    try expectStepsOfOneRank(Self.configuration(.resnet18, .deeplabv3plus, loss: loss))
  }

  /// Gradients of several buckets.
  @Test func stepsOfAWideNetworkAreThoseOfOneRank() throws {
    try expectStepsOfOneRank(Self.configuration(.resnet18, loss: "recall", width: 1 / 2), steps: 3)
  }

  /// Half of the steps must agree within 1e-5. In others, a value crosses zero in front of a ReLU, or a
  /// pixel changes its class in a recall or its place in an order, and moves a single gradient or the
  /// loss by a jump: these may differ by 1e-3.
  private func expectStepsOfOneRank(_ c: RunConfiguration, steps: Int = steps) throws {
    let one = try train(c, steps: steps, ranks: 1)
    for ranks in [2, 4] {
      let found = distances(try train(c, steps: steps, from: one, ranks: ranks), one).sorted()
      #expect(found[steps / 2] < 1e-5 && found[steps - 1] < 1e-3, "\(ranks) ranks: \(found)")
      if let path = ProcessInfo.processInfo.environment["RECALLBENCH_WRITE_AGREEMENT"],
        steps == Self.steps
      {
        try record(
          c, ranks, found, alone: train(c, ranks: ranks)[steps - 1], one[steps - 1], in: path)
      }
    }
  }

  /// Adds a row to the table in docs/scale.md: network, loss, ranks; median and largest distance of a step, and
  /// steps below 1e-5; then, of 20 steps left to themselves, those of the loss and of all weights in the
  /// Euclidean norm.
  private func record(
    _ c: RunConfiguration, _ ranks: Int, _ distances: [Double], alone: Step, _ one: Step,
    in path: String
  ) throws {
    let weights = Difference(alone.weights.flatMap(\.values), one.weights.flatMap(\.values)).norm
    let numbers = [
      distances[distances.count / 2], distances.last ?? 0, abs(alone.loss - one.loss) / one.loss,
      weights,
    ].map { String(format: "%.0e", $0) }
    let network = (c.architecture.map { "\($0.title) " } ?? "") + c.backbone.title
    let cells =
      [network, "\(c.loss)", "\(ranks)"] + numbers.prefix(2) + ["\(distances.count { $0 < 1e-5 })"]
      + numbers.suffix(2)
    let before = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let row = "| " + cells.joined(separator: " | ") + " |\n"
    try (before + row).write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Left to themselves, with any optimizer, ranks have the same bits as each other and again.
  @Test(arguments: [OptimizerConfiguration?.none, OptimizerConfiguration(.sgd, momentum: 0.9)])
  func trainingAgainGivesTheSameBits(optimizer: OptimizerConfiguration?) throws {
    let c = Self.configuration(.resnet18, loss: "recall(momentum: 0.5)", optimizer: optimizer)
    for ranks in [2, 4] {
      let first = try train(c, ranks: ranks)
      #expect(try train(c, ranks: ranks) == first)
      #expect(first != (try train(c, ranks: 1)))
    }
  }

  /// Without synchronization, ranks normalize by their own images: another training, in which all have the
  /// same weights.
  @Test func batchNormalizationCanBeOfEachRank() throws {
    var c = Self.configuration(.resnet18, loss: "ce")
    let one = try train(c, steps: 3, ranks: 1)
    c.training.syncBatchNorm = false
    #expect(try train(c, steps: 3, ranks: 1) == one)
    let apart = try ThreadRanks.run(2) { [c] in try Self.train(c, steps: 3, from: nil, ranks: $0) }
      .map { try $0.get() }
    #expect(apart[0].map(\.loss) == apart[1].map(\.loss))
    #expect(abs(apart[0][0].loss - one[0].loss) > 1e-3 * one[0].loss)
    for (a, b) in zip(apart[0][2].weights, apart[1][2].weights) {
      #expect((a == b) != a.name.contains("running"), "\(a.name)")
    }
  }

  /// A number that is none, in one rank's images, ends all ranks with the same line.
  @Test func divergenceEndsAllRanks() throws {
    let c = Self.configuration(.resnet18, loss: "ce")
    let results = ThreadRanks.run(2) { ranks in
      let compute = Compute(threads: 1, ranks: ranks)
      let whole = Self.batch(c)
      whole.images[whole.images.count - 1] = .nan
      let trainer = try Trainer(
        c, classes: Self.classes, classPixels: whole.labels.histogram(classes: Self.classes),
        compute: compute)
      _ = try trainer.step(
        Batch(images: whole.images.part(of: ranks, compute), labels: whole.labels))
    }
    let messages = results.map { result in failure { try result.get() } ?? "" }
    #expect(messages[0].contains("nan at iteration 1; lower learning_rate"))
    #expect(messages[1] == messages[0])
  }
}
