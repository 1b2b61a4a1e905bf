import Tensors
import TestSupport
import Testing

@Suite struct BatchNormalizationTests {
  /// Odd channel counts, one pixel, and more pixels than one block of the reduction.
  private let shapes = [
    Shape(n: 1, h: 1, w: 1, c: 5), Shape(n: 2, h: 3, w: 5, c: 11), Shape(n: 3, h: 40, w: 41, c: 16),
  ]

  private func column(_ x: Tensor, _ c: Int) -> [Double] {
    stride(from: c, to: x.count, by: x.shape.c).map { Double(x.base[$0]) }
  }

  @Test func momentsAreThoseOfEveryChannel() {
    for shape in shapes {
      let x = randomTensor(shape, seed: 1)
      // A large offset: the naive E[x^2] - E[x]^2 in Float would lose the variance.
      for i in 0..<x.count { x.base[i] += 1000 }
      let moments = batchMoments(x, Compute(threads: 2))
      for c in 0..<shape.c {
        let values = column(x, c)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance =
          values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(abs(Double(moments.mean.base[c]) - mean) < 1e-3)
        #expect(abs(Double(moments.variance.base[c]) - variance) <= 1e-3 * max(variance, 1e-3))
      }
    }
  }

  @Test(arguments: [false, true], [false, true])
  func forwardAndBackwardAreTheFormulas(relu: Bool, hasResidual: Bool) {
    for shape in shapes {
      let compute = Compute(threads: 2)
      let x = randomTensor(shape, seed: 2)
      let residual = hasResidual ? randomTensor(shape, seed: 3) : nil
      let channels = Shape(n: 1, h: 1, w: 1, c: shape.c)
      let (scale, shift) = (randomTensor(channels, seed: 4), randomTensor(channels, seed: 5))
      let dy = randomTensor(shape, seed: 6)
      let moments = batchMoments(x, compute)
      let normalizer = Normalizer(
        mean: moments.mean, variance: moments.variance, scale: scale, shift: shift, epsilon: 1e-5,
        relu: relu, compute)
      let added = residual.map { Normalizer.Residual.tensor($0) } ?? .none
      let y = normalizer.output(of: x, residual: added, compute)
      let (scaleGradient, shiftGradient) = (Tensor(channels), Tensor(channels))
      let (dx, dResidual) = normalizer.backward(
        dy, x: x, residual: added, scaleGradient: scaleGradient, shiftGradient: shiftGradient,
        compute)

      var (expectedY, expectedDx) = ([Double](), [Double]())
      expectedY = .init(repeating: 0, count: x.count)
      expectedDx = expectedY
      var masked = expectedY
      for c in 0..<shape.c {
        let values = column(x, c)
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let inverse = 1 / (variance + Double(Float(1e-5))).squareRoot()
        let (g, b) = (Double(scale.base[c]), Double(shift.base[c]))
        var (sum, product) = (0.0, 0.0)
        for (p, value) in values.enumerated() {
          let i = p * shape.c + c
          let raw = g * (value - mean) * inverse + b + Double(residual?.base[i] ?? 0)
          expectedY[i] = relu ? max(0, raw) : raw
          masked[i] = relu && y.base[i] <= 0 ? 0 : Double(dy.base[i])
          sum += masked[i]
          product += masked[i] * (value - mean) * inverse
        }
        for (p, value) in values.enumerated() {
          let i = p * shape.c + c
          expectedDx[i] =
            g * inverse * (masked[i] - sum / count - (value - mean) * inverse * product / count)
        }
        #expect(abs(Double(scaleGradient.base[c]) - product) < 1e-4 * (1 + abs(product)))
        #expect(abs(Double(shiftGradient.base[c]) - sum) < 1e-4 * (1 + abs(sum)))
      }
      #expect(relativeError(y.array, expectedY) < 1e-6)
      // With one pixel the exact gradient is zero.
      if shape.pixels > 1 { #expect(relativeError(dx.array, expectedDx) < 1e-5) }
      if let dResidual { #expect(relativeError(dResidual.array, masked) < 1e-7) }
    }
  }
}
