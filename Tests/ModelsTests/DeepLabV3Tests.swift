import Models
import Tensors
import TestSupport
import Testing

@Suite struct DeepLabV3Tests {
  /// torchvision 0.29: resnet18 and resnet101 without `fc`; DeepLabV3 with 21 classes and without
  /// the auxiliary head.
  @Test func parameterCountsAtFullWidthAreTorchvisions() {
    var random = RandomSource(seed: 1)
    #expect(Backbone.resnet18.network(width: 1, &random).parameterCount == 11_176_512)
    #expect(Backbone.resnet101.network(width: 1, &random).parameterCount == 42_500_160)
    #expect(DeepLabV3(.resnet101, classes: 21, seed: 1).parameterCount == 58_630_997)
  }

  @Test func outputHasTheInputsExtentAndTheStrideIs16() {
    let network = DeepLabV3(.resnet18, classes: 7, width: 1 / 16, seed: 1)
    var context = PassContext(training: false, compute: Compute())
    for (h, w) in [(33, 64), (49, 49), (32, 16)] {
      let x = randomTensor(Shape(n: 2, h: h, w: w, c: 3), seed: 2)
      #expect(
        network.backbone.forward(x, &context).output.shape
          == Shape(n: 2, h: (h + 15) / 16, w: (w + 15) / 16, c: 32))
      #expect(network.forward(x, &context).output.shape == Shape(n: 2, h: h, w: w, c: 7))
    }
  }

  @Test func sameSeedSameWeightsOtherSeedOthers() {
    func weights(_ seed: UInt64) -> [[Float]] {
      DeepLabV3(.resnet18, classes: 3, width: 1 / 16, seed: seed).parameters.map(\.value.array)
    }
    #expect(weights(4) == weights(4))
    #expect(weights(4) != weights(5))
  }

  @Test func evaluationOfAnImageDoesNotDependOnItsBatch() {
    let network = DeepLabV3(.resnet18, classes: 3, width: 1 / 16, seed: 1)
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

  @Test func oneStepOfAdamIsTheFormula() {
    let parameter = Parameter("p", Shape(n: 1, h: 1, w: 1, c: 11))
    var (value, m, v) = ([Double](), [Double](repeating: 0, count: 11), [Double]())
    v = m
    value = m
    let adam = Adam([parameter], learningRate: 0.01)
    for step in 1...5 {
      let gradient = randomTensor(parameter.value.shape, seed: UInt64(step)).array
      for i in 0..<11 {
        parameter.gradient.base[i] = gradient[i]
        let g = Double(gradient[i])
        m[i] = 0.9 * m[i] + 0.1 * g
        v[i] = 0.999 * v[i] + 0.001 * g * g
        func correction(_ b: Double) -> Double {
          1 - (0..<step).reduce(1.0) { product, _ in product * b }
        }
        value[i] -=
          0.01 * (m[i] / correction(0.9)) / ((v[i] / correction(0.999)).squareRoot() + 1e-8)
      }
      adam.update(Compute())
      #expect(parameter.gradient.array == [Float](repeating: 0, count: 11))
    }
    #expect(relativeError(parameter.value.array, value) < 1e-6)
  }

  @Test func trainingStepsHaveTheSameBitsForAnyNumberOfThreads() {
    let digests = [1, 2, 3].map { threads -> [[Float]] in
      let compute = Compute(threads: threads)
      let network = DeepLabV3(.resnet18, classes: 4, width: 1 / 8, seed: 1)
      let adam = Adam(network.parameters, learningRate: 1e-3)
      for step in 0..<3 {
        var context = PassContext(
          training: true, random: RandomSource(seed: UInt64(step)), compute: compute)
        let x = randomTensor(Shape(n: 3, h: 48, w: 64, c: 3), seed: UInt64(step))
        let (y, saved) = network.forward(x, &context)
        _ = network.backward(y, saved, compute)
        adam.update(compute)
      }
      return network.parameters.map(\.value.array)
    }
    #expect(digests[0] == digests[1] && digests[0] == digests[2])
  }
}
