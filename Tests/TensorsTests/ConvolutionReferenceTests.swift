import Tensors
import TestSupport
import Testing

/// Against PyTorch: `Tests/Fixtures/torch/layers_fixtures.py`.
@Suite struct ConvolutionReferenceTests {
  private struct Case: Decodable {
    var `case`: String
    var kernel: Int
    var stride: Int
    var dilation: Int
    var padding: Int
    var inputChannels: Int
    var outputChannels: Int
    var input: [Int]
  }

  @Test func forwardAndBackwardArePyTorchs() throws {
    let fixture = try Fixture("convolution")
    let cases: [Case] = try fixture.notes("cases")
    #expect(cases.count >= 16)
    let compute = Compute(threads: 2)
    for c in cases {
      let geometry = ConvolutionGeometry(
        inputChannels: c.inputChannels, outputChannels: c.outputChannels, kernel: c.kernel,
        stride: c.stride, dilation: c.dilation, padding: c.padding)
      let x = filler("\(c.case)/x", Shape(c.input))
      let weights = filler("\(c.case)/weight", geometry.weightShape)
      let y = convolve(x, weights, geometry, compute)
      let dy = filler("\(c.case)/dy", y.shape)
      let dw = Tensor(geometry.weightShape)
      accumulateConvolutionWeightGradient(x, dy, geometry, onto: dw, compute)
      let dx = convolutionInputGradient(dy, weights, geometry, input: x.shape, compute)
      for (name, tensor) in [("y", y), ("dx", dx), ("dw", dw)] {
        let difference = try fixture.difference(tensor, from: "\(c.case)/\(name)")
        #expect(difference.isWithin(1e-5), "\(name) of \(c): \(difference)")
      }
    }
  }
}
