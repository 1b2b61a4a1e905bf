import Models
import Tensors
import TestSupport
import Testing

/// Against PyTorch: `Tests/Fixtures/torch/blocks_fixtures.py`.
@Suite struct BlockReferenceTests {
  private struct Case: Decodable {
    var `case`: String
    var kind: String
    var input: [Int]
    var channels: Int
    var kernel: Int?
    var stride: Int?
    var dilation: Int?
    var previousDilation: Int?
    var relu: Bool?
    var rates: [Int]?

    func layer() throws -> any Layer {
      var random = RandomSource(seed: 1)
      let inputChannels = input[3]
      switch kind {
      case "unit":
        return ConvolutionUnit(
          convolution: "conv", normalization: "bn",
          ConvolutionGeometry(
            inputChannels: inputChannels, outputChannels: channels, kernel: try #require(kernel),
            stride: try #require(stride), dilation: try #require(dilation)),
          relu: try #require(relu as Bool?), initialization: .fanIn, &random)
      case "basic":
        return ResidualBlock.basic(
          name: "b", inputChannels: inputChannels, channels: channels,
          stride: try #require(stride), dilation: try #require(dilation),
          previousDilation: try #require(previousDilation), &random)
      case "bottleneck":
        return ResidualBlock.bottleneck(
          name: "b", inputChannels: inputChannels, channels: channels,
          stride: try #require(stride), dilation: try #require(dilation), &random)
      case "aspp":
        return ASPP(
          name: "b", inputChannels: inputChannels, channels: channels,
          rates: try #require(rates), dropout: 0.5, &random)
      default:
        try #require(kind == "classifier")
        return Classifier(
          name: "b", inputChannels: inputChannels, classes: channels, &random)
      }
    }
  }

  @Test func bothModesAndAllGradientsArePyTorchs() throws {
    let fixture = try Fixture("blocks")
    let cases: [Case] = try fixture.notes("cases")
    #expect(Set(cases.map(\.kind)) == ["unit", "basic", "bottleneck", "aspp", "classifier"])
    for c in cases { try check(c.layer(), c, fixture) }
  }

  private func check<L: Layer>(_ layer: L, _ c: Case, _ fixture: Fixture) throws {
    func check(_ tensor: Tensor, _ name: String, _ bound: Double) throws {
      let difference = try fixture.difference(tensor, from: "\(c.case)/\(name)")
      #expect(difference.isWithin(bound), "\(name) of \(c): \(difference)")
    }
    let compute = Compute(threads: 2)
    fillParameters(layer.arrays, case: c.case)
    let x = filler("\(c.case)/x", Shape(c.input))
    var evaluation = PassContext(training: false, compute: compute)
    try check(layer.forward(x, &evaluation).output, "evaluation", 1e-5)
    var training = PassContext(
      training: true, random: RandomSource(seed: 7, purpose: "dropout"), compute: compute)
    let (y, saved) = layer.forward(x, &training)
    try check(y, "y", 1e-5)
    try check(layer.backward(filler("\(c.case)/dy", y.shape), saved, compute), "dx", 1e-4)
    for parameter in layer.parameters {
      try check(parameter.gradient, "gradient of \(parameter.name)", 1e-4)
    }
    for buffer in layer.buffers { try check(buffer.value, "after \(buffer.name)", 1e-5) }
  }
}

extension Layer {
  /// Parameters and running statistics by name.
  var arrays: [(name: String, value: Tensor)] {
    parameters.map { ($0.name, $0.value) } + buffers.map { ($0.name, $0.value) }
  }
}
