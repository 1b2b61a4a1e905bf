import Models
import Tensors
import TestSupport
import Testing

/// Against torch.optim.Adam: `Tests/Fixtures/torch/adam_fixtures.py`.
@Suite struct AdamReferenceTests {
  private struct Case: Decodable {
    var `case`: String
    var count: Int
    /// Of the gradients.
    var scale: Double
    var rate: Double
  }

  @Test func twentyStepsArePyTorchs() throws {
    let fixture = try Fixture("adam")
    let cases: [Case] = try fixture.notes("cases")
    #expect(cases.count >= 8)
    let compute = Compute(threads: 2)
    for c in cases {
      func check(_ tensor: Tensor, _ name: String) throws {
        let difference = try fixture.difference(tensor, from: "\(c.case)/\(name)")
        #expect(difference.isWithin(1e-5), "\(name) of \(c): \(difference)")
      }
      let shape = Shape(n: 1, h: 1, w: 1, c: c.count)
      let parameter = Parameter(c.case, shape)
      parameter.value.copy(filler("\(c.case)/value", shape))
      let adam = Adam([parameter], learningRate: c.rate)
      for step in 1...20 {
        let gradient = filler("\(c.case)/gradient \(step)", shape, scale: c.scale)
        for i in stride(from: 4, to: c.count, by: 5) { gradient.base[i] = 0 }
        parameter.gradient.copy(gradient)
        adam.update(compute)
        if [1, 5, 20].contains(step) { try check(parameter.value, "value after \(step)") }
      }
      try check(adam.firstMoments[0], "first moment")
      try check(adam.secondMoments[0], "second moment")
    }
  }
}
