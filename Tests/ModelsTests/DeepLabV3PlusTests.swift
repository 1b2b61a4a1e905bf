import Models
import Tensors
import TestSupport
import Testing

@Suite struct DeepLabV3PlusTests {
  /// Weights of a convolution without bias and of its batch normalization.
  private func unit(_ input: Int, _ output: Int, _ kernel: Int) -> Int {
    kernel * kernel * input * output + 2 * output
  }

  /// ASPP on 2048 channels, the decoder on 256 low-level channels, a classifier of 21 classes.
  private var head: Int {
    let aspp = 2 * unit(2048, 256, 1) + 3 * unit(2048, 256, 3) + unit(5 * 256, 256, 1)
    let decoder = unit(256, 48, 1) + unit(256 + 48, 256, 3) + unit(256, 256, 3)
    return aspp + decoder + 256 * 21 + 21
  }

  /// The backbone's count is torchvision's; the sum is also that of PyTorch's twin
  /// (`Tests/Fixtures/torch/v3plus_fixtures.py`).
  @Test func parameterCountAtFullWidth() {
    let count = DeepLabV3Plus(.resnet101, classes: 21, seed: 1).parameterCount
    #expect(count == 42_500_160 + head)
    #expect(count == 59_344_309)
  }

  @Test func authorsResNetHasBottlenecksOfTwoTwoTwoThree() {
    func stage(_ input: Int, _ c: Int, _ blocks: Int) -> Int {
      let rest = unit(c, c, 3) + unit(c, 4 * c, 1)
      return unit(input, 4 * c, 1) + unit(input, c, 1) + rest
        + (blocks - 1) * (unit(4 * c, c, 1) + rest)
    }
    let backbone =
      unit(3, 64, 7) + stage(64, 64, 2) + stage(256, 128, 2) + stage(512, 256, 2)
      + stage(1024, 512, 3)
    let network = DeepLabV3Plus(.resnet18Authors, classes: 21, seed: 1)
    #expect(network.backbone.parameterCount == backbone)
    #expect(network.backbone.outputChannels == 2048)
    #expect(network.backbone.lowLevelChannels == 256)
    #expect(network.parameterCount == backbone + head)
    #expect(network.parameterCount == 35_252_917)
  }

  /// The low-level branch too follows the multiplier: 48 becomes 12 at a quarter of the width.
  @Test(arguments: [(1.0, 64, 48, 256), (0.25, 16, 12, 64), (0.015625, 4, 4, 4)])
  func widthScalesEveryChannelCount(width: Double, low: Int, reduced: Int, channels: Int) throws {
    let network = DeepLabV3Plus(.resnet18, classes: 3, width: width, seed: 1)
    #expect(network.backbone.lowLevelChannels == low)
    func shape(_ name: String) throws -> Shape {
      try #require(network.parameters.first { $0.name == name }).value.shape
    }
    #expect(try shape("classifier.project.0.weight") == Shape(n: 1, h: 1, w: low, c: reduced))
    #expect(
      try shape("classifier.classifier.0.weight")
        == Shape(n: 3, h: 3, w: channels + reduced, c: channels))
    #expect(
      try shape("classifier.classifier.4.weight") == Shape(n: 3, h: 3, w: channels, c: channels))
    #expect(try shape("classifier.classifier.8.weight") == Shape(n: 1, h: 1, w: channels, c: 3))
  }

  @Test func namesAreUnique() {
    let network = DeepLabV3Plus(.resnet18Authors, classes: 3, width: 1 / 16, seed: 1)
    let names = network.parameters.map(\.name) + network.buffers.map(\.name)
    #expect(Set(names).count == names.count)
  }

  /// Odd extents, one image, and images of one pixel, in both modes; the gradients are finite.
  @Test(arguments: [(2, 33, 64), (1, 49, 49), (1, 17, 5), (2, 1, 1), (1, 1, 1), (1, 1, 40)])
  func outputHasTheInputsExtent(n: Int, h: Int, w: Int) {
    let network = DeepLabV3Plus(.resnet18Authors, classes: 7, width: 1 / 16, seed: 1)
    let compute = Compute()
    let x = randomTensor(Shape(n: n, h: h, w: w, c: 3), seed: 2)
    var context = PassContext(training: false, compute: compute)
    let levels = network.backbone.forwardWithLowLevel(x, &context)
    #expect(levels.lowLevel.shape == Shape(n: n, h: (h + 3) / 4, w: (w + 3) / 4, c: 16))
    #expect(levels.output.shape == Shape(n: n, h: (h + 15) / 16, w: (w + 15) / 16, c: 128))
    #expect(levels.output.array == network.backbone.forward(x, &context).output.array)
    #expect(network.forward(x, &context).output.shape == Shape(n: n, h: h, w: w, c: 7))

    var training = PassContext(training: true, compute: compute)
    let (y, saved) = network.forward(x, &training)
    #expect(y.shape == Shape(n: n, h: h, w: w, c: 7))
    _ = network.backward(randomTensor(y.shape, seed: 3), saved, compute)
    for values in [y.array] + network.parameters.map(\.gradient.array) {
      #expect(values.allSatisfy { $0.isFinite })
    }
  }

  /// The gradient that the decoder sends past the later stages reaches the first stage and the
  /// stem, and no other: with the features' own gradient zero, these alone receive something.
  @Test func lowLevelGradientEntersAfterTheFirstStage() throws {
    var random = RandomSource(seed: 1)
    let backbone = try #require(Backbone.resnet18.network(width: 1 / 16, &random) as? ResNet)
    let compute = Compute()
    var context = PassContext(training: true, compute: compute)
    let x = randomTensor(Shape(n: 2, h: 33, w: 40, c: 3), seed: 2)
    let levels = backbone.forwardWithLowLevel(x, &context)
    _ = try backbone.backward(
      Tensor(levels.output.shape), lowLevel: randomTensor(levels.lowLevel.shape, seed: 3),
      #require(levels.saved), BackwardPass(compute))
    for parameter in backbone.parameters {
      let reached = parameter.gradient.array.contains { $0 != 0 }
      let isEarly = ["conv1", "bn1", "layer1"].contains { parameter.name.hasPrefix($0) }
      #expect(reached == isEarly, "\(parameter.name)")
    }
  }

  @Test func evaluationOfAnImageDoesNotDependOnItsBatch() {
    let network = DeepLabV3Plus(.resnet18, classes: 3, width: 1 / 16, seed: 1)
    let compute = Compute()
    var training = PassContext(training: true, compute: compute)
    let pair = randomTensor(Shape(n: 2, h: 32, w: 48, c: 3), seed: 2)
    for _ in 0..<3 { _ = network.forward(pair, &training) }
    var context = PassContext(training: false, compute: compute)
    let one = Tensor(Shape(n: 1, h: 32, w: 48, c: 3), Array(pair.array.prefix(32 * 48 * 3)))
    let alone = network.forward(one, &context).output.array
    let together = network.forward(pair, &context).output.array
    #expect(relativeError(alone, together.prefix(alone.count).map(Double.init)) < 1e-5)
  }

  @Test func trainingStepsHaveTheSameBitsForAnyNumberOfThreads() {
    let weights = [1, 2, 3].map { threads -> [[Float]] in
      let compute = Compute(threads: threads)
      let network = DeepLabV3Plus(.resnet18Authors, classes: 4, width: 1 / 16, seed: 1)
      let adam = Adam(network.parameters, learningRate: 1e-3)
      for step in 0..<2 {
        var context = PassContext(
          training: true, random: RandomSource(seed: UInt64(step)), compute: compute)
        let x = randomTensor(Shape(n: 3, h: 48, w: 64, c: 3), seed: UInt64(step))
        let (y, saved) = network.forward(x, &context)
        _ = network.backward(y, saved, compute)
        adam.update(compute)
      }
      return network.parameters.map(\.value.array)
    }
    #expect(weights[0] == weights[1] && weights[0] == weights[2])
  }
}
