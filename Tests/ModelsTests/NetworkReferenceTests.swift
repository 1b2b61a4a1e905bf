import Models
import Tensors
import TestSupport
import Testing

/// Against PyTorch: `Tests/Fixtures/torch/networks_fixtures.py`.
@Suite struct NetworkReferenceTests {
  private struct Case: Decodable {
    var `case`: String
    var backbone: String
    var classes: Int
    var width: Double
    var input: [Int]
  }

  @Test func featuresLogitsAndAllGradientsArePyTorchs() throws {
    let fixture = try Fixture("networks")
    let cases: [Case] = try fixture.notes("cases")
    #expect(cases.map(\.backbone) == ["resnet18", "resnet101"])
    for c in cases {
      let backbone = try #require(Backbone(rawValue: c.backbone))
      let network = DeepLabV3(backbone, classes: c.classes, width: c.width, seed: 1)
      try check(network, c, fixture)
    }
  }

  private func check(_ network: DeepLabV3, _ c: Case, _ fixture: Fixture) throws {
    func check(_ tensor: Tensor, _ name: String, _ bound: Double) throws {
      let difference = try fixture.difference(tensor, from: "\(c.case)/\(name)")
      #expect(difference.isWithin(bound), "\(c.backbone), \(name): \(difference)")
    }
    func checkLogits(_ logits: Tensor, _ name: String) throws {
      try check(logits, name, 1e-5)
      let s = logits.shape
      let first = Tensor(
        Shape(n: 1, h: s.h, w: s.w, c: s.c), Array(logits.array.prefix(s.count / s.n)))
      try check(first, "\(name), first image", 1e-5)
    }
    let compute = Compute(threads: 2)
    fillParameters(network.arrays, case: c.case)
    let images = filler("\(c.case)/images", Shape(c.input))
    func context(training: Bool) -> PassContext {
      PassContext(
        training: training, random: RandomSource(seed: 7, purpose: "dropout"), compute: compute)
    }
    var evaluation = context(training: false)
    try check(
      network.backbone.forward(images, &evaluation).output, "features in evaluation", 1e-5)
    try checkLogits(network.forward(images, &evaluation).output, "logits in evaluation")

    // A pass of the backbone alone also moves its running statistics: from copies.
    let untouched = network.buffers.map(\.value.array)
    var alone = context(training: true)
    try check(network.backbone.forward(images, &alone).output, "features in training", 1e-5)
    for (buffer, values) in zip(network.buffers, untouched) {
      buffer.value.copy(Tensor(buffer.value.shape, values))
    }

    var training = context(training: true)
    let (logits, saved) = network.forward(images, &training)
    try checkLogits(logits, "logits in training")
    _ = network.backward(filler("\(c.case)/gradient", logits.shape), saved, compute)
    for parameter in network.parameters {
      try check(parameter.gradient, "gradient of \(parameter.name)", 1e-4)
    }
    for buffer in network.buffers { try check(buffer.value, "after \(buffer.name)", 1e-5) }
  }
}
