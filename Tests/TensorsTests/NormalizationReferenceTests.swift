import Tensors
import TestSupport
import Testing

/// Against PyTorch: `Tests/Fixtures/torch/layers_fixtures.py`.
@Suite struct NormalizationReferenceTests {
  private struct Case: Decodable {
    var `case`: String
    var input: [Int]
    var residual: Bool
    var relu: Bool
    /// About which the input lies.
    var mean: Double
  }

  @Test func bothModesAndTheBackwardPassArePyTorchs() throws {
    let fixture = try Fixture("normalization")
    let cases: [Case] = try fixture.notes("cases")
    #expect(cases.count >= 6)
    let compute = Compute(threads: 2)
    for c in cases {
      func check(_ tensor: Tensor?, _ name: String, _ bound: Double) throws {
        let difference = try fixture.difference(#require(tensor), from: "\(c.case)/\(name)")
        #expect(difference.isWithin(bound), "\(name) of \(c): \(difference)")
      }
      let shape = Shape(c.input)
      let channels = Shape(n: 1, h: 1, w: 1, c: shape.c)
      func vector(_ name: String, _ scale: Double, _ offset: Double) -> Tensor {
        filler("\(c.case)/\(name)", channels, scale: scale, offset: offset)
      }
      let x = filler("\(c.case)/x", shape, offset: c.mean)
      let residual = c.residual ? filler("\(c.case)/residual", shape) : nil
      let (scale, shift) = (vector("scale", 0.5, 1), vector("shift", 0.5, 0))
      let added = residual.map { Normalizer.Residual.tensor($0) } ?? .none
      func normalizer(_ mean: Tensor, _ variance: Tensor) -> Normalizer {
        Normalizer(
          mean: mean, variance: variance, scale: scale, shift: shift, epsilon: 1e-5, relu: c.relu,
          compute)
      }
      try check(
        normalizer(vector("mean", 0.5, c.mean), vector("variance", 0.5, 1)).output(
          of: x, residual: added, compute), "evaluation", 1e-5)
      let moments = batchMoments(x, compute)
      let batch = normalizer(moments.mean, moments.variance)
      let y = batch.output(of: x, residual: added, compute)
      let (dscale, dshift) = (Tensor(channels), Tensor(channels))
      let (dx, dresidual) = batch.backward(
        filler("\(c.case)/dy", shape), x: x, residual: added, scaleGradient: dscale,
        shiftGradient: dshift, compute)
      try check(y, "y", 1e-5)
      try check(dx, "dx", 1e-4)
      try check(dscale, "dscale", 1e-4)
      try check(dshift, "dshift", 1e-4)
      if c.residual { try check(dresidual, "dresidual", 1e-4) }
    }
  }
}
