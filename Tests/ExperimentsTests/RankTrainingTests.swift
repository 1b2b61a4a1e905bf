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
/// up to the rounding of sums. Ranks are threads here; `recallbench-speed ranks` compares them with MPI.
@Suite struct RankTrainingTests {
  private static let classes = 7
  private static let steps = 20

  /// What a rank has after training.
  private struct Outcome: Equatable {
    var losses: [Double] = []
    var weights: [NamedArray] = []
  }

  private static func configuration(
    _ backbone: Backbone, _ architecture: Architecture, loss: String, width: Double = 1 / 16
  ) -> RunConfiguration {
    var c = exampleConfiguration(loss: loss)
    c.backbone = backbone
    c.architecture = architecture == .deeplabv3 ? nil : architecture
    (c.width, c.training.batch, c.training.learningRate) = (width, 8, 1e-3)
    c.training.optimizer = OptimizerConfiguration(.sgd, momentum: 0.5)
    return c
  }

  private static func batch(_ c: RunConfiguration) -> Batch {
    let (n, h, w) = (c.training.batch, 33, 40)
    var random = RandomSource(seed: 9)
    let ids = (0..<n * h * w).map { i -> UInt8 in
      let isVoid = random.below(20) == 0
      // Some classes are in some images only.
      return isVoid ? LabelMap.ignored : UInt8((i / 57 + i / (h * w)) % (3 + i / (h * w) % 5))
    }
    // Images that differ as a whole: batch normalization of the pooled features divides by how much they do.
    let images = randomTensor(Shape(n: n, h: h, w: w, c: 3), seed: 4)
    for i in 0..<images.count {
      let image = i / (h * w * 3)
      images[i] = 0.5 * images[i] * (1 + ulp) + Float(image % 3) - 1 + (i % 3 == image % 2 ? 1 : 0)
    }
    return Batch(
      images: images,
      labels: LabelMap(n: n, h: h, w: w, ids: ids))
  }

  /// Makes rounding matter little, as it does in a trained network. In one with initial weights, a ResNet-101
  /// so narrow and on images so small enlarges differences from block to block, and shifts that begin
  /// at zero would be compared relative to a few steps' changes.
  private static func condition(_ network: SegmentationNetwork) {
    var random = RandomSource(seed: 6)
    for parameter in network.parameters {
      let isOfBlock = parameter.name.contains(".layer")
      if parameter.name.hasSuffix(".bias") {
        for i in 0..<parameter.value.count { parameter.value[i] = Float(0.3 * random.normal()) }
      } else if isOfBlock && parameter.name.contains("bn3.weight") {
        parameter.value.fill(0.2)
      }
    }
  }

  private static func train(
    _ c: RunConfiguration, steps: Int = steps, ranks: (any Communicator)?
  ) throws -> Outcome {
    let compute = Compute(threads: 1, ranks: ranks)
    let whole = batch(c)
    let trainer = try Trainer(
      c, classes: classes, classPixels: whole.labels.histogram(classes: classes),
      validationFirstImagePixels: whole.labels.histogram(classes: classes), compute: compute)
    condition(trainer.network)
    let images = ranks.map { whole.images.part(of: $0, compute) } ?? whole.images
    var outcome = Outcome()
    for _ in 0..<steps {
      outcome.losses.append(
        try trainer.step(Batch(images: images, labels: whole.labels)).loss)
    }
    outcome.weights = trainer.network.stateDict()
    return outcome
  }

  /// - Returns: what all ranks have, which must be the same bits.
  private func train(
    _ c: RunConfiguration, steps: Int = steps, ranks: Int
  ) throws -> Outcome {
    let outcomes = try ThreadRanks.run(ranks) { try Self.train(c, steps: steps, ranks: $0) }
      .map { try $0.get() }
    #expect(outcomes.allSatisfy { $0 == outcomes[0] }, "ranks differ")
    return outcomes[0]
  }

  /// The largest difference of an element, over the largest magnitude of its tensor, of all tensors; and
  /// the largest of a loss, relative to the loss.
  private func distance(_ a: Outcome, _ b: Outcome) -> Double {
    let weights = zip(a.weights, b.weights).map { Difference($0.values, $1.values).maximum }
    let losses = zip(a.losses, b.losses).map { abs($0 - $1) / max(abs($1), 1e-9) }
    return (weights + losses).max() ?? .infinity
  }

  @Test func diagnose() throws {
    for backbone in [Backbone.resnet18, .resnet101] {
      for (width, rate) in [(1.0 / 16, 1e-3), (1.0 / 16, 1e-4), (1.0 / 16, 1e-5), (1.0 / 8, 1e-3), (1.0 / 8, 1e-4)] {
        for loss in ["ce", "weighted_ce", "lovasz"] {
          var c = Self.configuration(backbone, .deeplabv3, loss: loss, width: width)
          c.training.learningRate = rate
          let (a, b, z) = (try train(c, ranks: 2), try train(c, ranks: 1), try train(c, steps: 0, ranks: 1))
          Self.ulp = 1.2e-7
          let d = try train(c, ranks: 1)
          Self.ulp = 0
          let moved = zip(z.weights, b.weights).filter { !$0.0.name.contains("running") }.map { Difference($0.values, $1.values).maximum }.sorted()
          print("DIAG", backbone, width, rate, loss, "ranks", distance(a, b), "control", distance(d, b), "moved", moved[0], moved[moved.count / 2])
        }
      }
    }
  }
  nonisolated(unsafe) static var ulp: Float = 0

  private static let losses = [
    "ce", "weighted_ce", "balanced_ce", "focal(gamma: 1)", "ohem(keep: 0.7)", "soft_iou", "lovasz",
    "recall",
  ]

  @Test(arguments: losses, [Backbone.resnet18, .resnet101])
  func ranksTrainTheNetworkOfOne(loss: String, backbone: Backbone) throws {
    let c = Self.configuration(backbone, .deeplabv3, loss: loss)
    let one = try train(c, ranks: 1)
    for ranks in [2, 4] {
      let found = distance(try train(c, ranks: ranks), one)
      print("RANKS", loss, backbone, ranks, found)
      #expect(found < 1e-5, "\(ranks) ranks")
    }
  }
}
