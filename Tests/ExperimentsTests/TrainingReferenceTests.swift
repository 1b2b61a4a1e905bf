import Experiments
import Foundation
import Losses
import Models
import Tensors
import TestSupport
import Testing

/// 20 whole training steps against PyTorch's, from the same weights, batches and dropout masks:
/// `Tests/Fixtures/torch/training_fixtures.py`.
@Suite struct TrainingReferenceTests {
  struct Case: Decodable {
    var `case`: String
    var backbone: Backbone
    var loss: String
    var draw: Int
  }

  struct Settings: Decodable {
    var steps: Int
    var classes: Int
    var width: Double
    var seed: UInt64
    var input: [Int]
    /// By backbone.
    var rates: [String: Double]
    var classPixels: [Int]
  }

  @Test(arguments: Backbone.allCases.filter { ["resnet18", "resnet101"].contains($0.rawValue) })
  func lossCurveAndWeightsArePyTorchs(backbone: Backbone) throws {
    let fixture = try Fixture("training")
    let settings: Settings = try fixture.notes("settings")
    let cases = try fixture.notes("cases", as: [Case].self).filter { $0.backbone == backbone }
    #expect(
      cases.map(\.loss) == [
        "ce", "weighted_ce", "balanced_ce", "focal", "ohem", "soft_iou", "lovasz", "recall",
      ])
    for c in cases {
      let (curve, weights) = try train(c, settings)
      let reference = try fixture.array("\(c.case)/curve")
      let worst = zip(curve, reference).map { abs($0 / Double($1) - 1) }.max() ?? .infinity
      #expect(curve.count == settings.steps && reference.count == settings.steps)
      #expect(worst < 1e-3, "\(c): the loss at a step is off by \(worst) of it: \(curve)")
      let difference = try fixture.difference(weights, from: "\(c.case)/weights")
      #expect(difference.norm < 1e-3, "\(c), weights: \(difference)")
    }
  }

  /// The loss before each step; all weights and running statistics after the last, by name.
  private func train(_ c: Case, _ settings: Settings) throws -> ([Double], [Float]) {
    let compute = Compute(threads: 2)
    let network = Architecture.deeplabv3.network(
      on: c.backbone, classes: settings.classes, width: settings.width, seed: 1)
    initialize(network, draw: c.draw, on: c.backbone)
    let adam = Adam(
      network.parameters, learningRate: try #require(settings.rates[c.backbone.rawValue]))
    let loss = try LossRegistry.make(
      LossSpecification(parsing: c.loss), classes: settings.classes,
      classPixels: settings.classPixels)
    var curve: [Double] = []
    for step in 0..<settings.steps {
      let (images, labels) = trainingBatch(Shape(settings.input), draw: c.draw, step: step)
      var context = PassContext(
        training: true,
        random: RandomSource(seed: settings.seed, purpose: "dropout", counter: UInt64(step)),
        compute: compute)
      let (logits, saved) = network.forward(images, &context)
      let result = try loss.evaluate(LossInput(logits: logits, labels: labels, compute: compute))
      _ = network.backward(result.gradient, saved, compute)
      adam.update(compute)
      curve.append(result.value)
    }
    let arrays =
      network.parameters.map { ($0.name, $0.value) } + network.buffers.map { ($0.name, $0.value) }
    return (curve, arrays.sorted { $0.0 < $1.0 }.flatMap(\.1.array))
  }
}

/// Gives a network the weights that `training_fixtures.py` begins with.
func initialize(_ network: SegmentationNetwork, draw: Int, on backbone: Backbone) {
  let names = Set(network.parameters.map(\.name))
  for parameter in network.parameters {
    let shape = parameter.value.shape
    if isConvolution(shape) {
      let key = "training/\(backbone.rawValue) \(draw)/\(parameter.name)"
      parameter.value.copy(filler(key, shape, scale: heBound(shape)))
    } else if isLastScale(parameter.name, in: names) {
      parameter.value.fill(0.1)
    }
  }
}

/// Noise on a color a class; labels in blocks of 16 x 16.
func trainingBatch(_ shape: Shape, draw: Int, step: Int) -> (Tensor, LabelMap) {
  let (rows, columns) = ((shape.h + 15) / 16, (shape.w + 15) / 16)
  var random = RandomSource(seed: 0, purpose: "training/labels \(draw) \(step)")
  let blocks = (0..<shape.n * rows * columns).map { _ -> UInt8 in
    let u = random.uniform()
    return u < 0.125 ? LabelMap.ignored : u < 0.6 ? 0 : u < 0.825 ? 1 : u < 0.95 ? 2 : 3
  }
  let colors = filler("training/colours", Shape(n: 1, h: 1, w: 256, c: 3))
  let images = filler("training/noise \(draw) \(step)", shape, scale: 0.5)
  var labels = LabelMap(
    n: shape.n, h: shape.h, w: shape.w, ids: .init(repeating: 0, count: shape.pixels))
  for pixel in 0..<shape.pixels {
    let (row, x) = (pixel / shape.w, pixel % shape.w)
    let (n, y) = (row / shape.h, row % shape.h)
    let label = blocks[(n * rows + y / 16) * columns + x / 16]
    labels.ids[pixel] = label
    for c in 0..<3 { images[n, y, x, c] += colors[0, 0, Int(label), c] }
  }
  return (images, labels)
}
