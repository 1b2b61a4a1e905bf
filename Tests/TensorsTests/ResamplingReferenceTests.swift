import Tensors
import TestSupport
import Testing

/// Against PyTorch: `Tests/Fixtures/torch/layers_fixtures.py`.
@Suite struct ResamplingReferenceTests {
  private struct Case: Decodable {
    var `case`: String
    var input: [Int]
    var output: [Int]?
    var aligned: Bool?
  }

  private let compute = Compute(threads: 2)

  /// - Parameters:
  ///   - pass: the output for an input and the function of its backward pass; nil where training
  ///     never needs it.
  private func check(
    _ kind: String, _ pass: (Tensor, Case) throws -> (y: Tensor, backward: ((Tensor) -> Tensor)?)
  ) throws {
    let fixture = try Fixture("resampling")
    let cases: [Case] = try fixture.notes(kind)
    #expect(cases.count >= 4)
    for c in cases {
      let x = filler("\(c.case)/x", Shape(c.input), scale: 4)
      let (y, backward) = try pass(x, c)
      var results = [("y", y)]
      if let backward { results.append(("dx", backward(filler("\(c.case)/dy", y.shape)))) }
      for (name, tensor) in results {
        let difference = try fixture.difference(tensor, from: "\(c.case)/\(name)")
        #expect(difference.isWithin(1e-5), "\(name) of \(c): \(difference)")
      }
    }
  }

  @Test func maxPoolingIsPyTorchs() throws {
    try check("pooling") { x, _ in
      let (y, choices) = MaxPooling.forward(x, wantsChoices: true, compute)
      return (y, { MaxPooling.backward($0, choices!, input: x.shape, compute) })
    }
  }

  @Test func globalPoolingIsPyTorchs() throws {
    try check("average") { x, _ in
      let area = Float(x.shape.h * x.shape.w)
      return (
        globalAveragePool(x, compute),
        { broadcastOverPixels($0, to: x.shape, factor: 1 / area, compute) }
      )
    }
  }

  @Test func bilinearResizeIsPyTorchs() throws {
    try check("bilinear") { x, c in
      let resize = BilinearResize(alignCorners: try #require(c.aligned as Bool?))
      let size = try #require(c.output)
      return (
        resize.forward(x, height: size[0], width: size[1], compute),
        { resize.backward($0, input: x.shape, compute) }
      )
    }
  }

  @Test func softmaxIsPyTorchs() throws {
    try check("softmax") { x, _ in (softmax(x, compute), nil) }
  }

  /// ReLU is part of the normalization; with mean 0, variance 1 and epsilon 0 it is alone.
  @Test func reluIsPyTorchs() throws {
    try check("relu") { x, _ in
      let channels = Shape(n: 1, h: 1, w: 1, c: x.shape.c)
      let (zero, one) = (Tensor(channels), Tensor(channels, filledWith: 1))
      let normalizer = Normalizer(
        mean: zero, variance: one, scale: one, shift: zero, epsilon: 0, relu: true, compute)
      // The gradient behind the ReLU is that of a residual.
      let residual = Normalizer.Residual.tensor(Tensor(x.shape))
      return (
        normalizer.output(of: x, residual: residual, compute),
        { dy in
          normalizer.backward(
            dy, x: x, residual: residual, scaleGradient: Tensor(channels),
            shiftGradient: Tensor(channels), compute
          ).residual!
        }
      )
    }
  }
}
