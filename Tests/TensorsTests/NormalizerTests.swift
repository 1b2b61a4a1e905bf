import Tensors
import TestSupport
import Testing

/// The fused passes against the plain ones they stand for: the same bits.
@Suite struct NormalizerTests {
  /// Rows that go four at a time and one by one, with and without a remainder of lanes.
  private static let shapes = [
    Shape(n: 1, h: 1, w: 1, c: 5), Shape(n: 2, h: 3, w: 5, c: 11), Shape(n: 2, h: 33, w: 17, c: 64),
    Shape(n: 1, h: 9, w: 7, c: 83),
  ]
  private let compute = Compute(threads: 2)

  private func normalizer(_ c: Int, seed: UInt64, relu: Bool) -> Normalizer {
    let shape = Shape(n: 1, h: 1, w: 1, c: c)
    let variance = randomTensor(shape, seed: seed)
    for i in 0..<c { variance.base[i] = 0.1 + abs(variance.base[i]) }
    return Normalizer(
      mean: randomTensor(shape, seed: seed + 1), variance: variance,
      scale: randomTensor(shape, seed: seed + 2), shift: randomTensor(shape, seed: seed + 3),
      epsilon: 1e-5, relu: relu, compute)
  }

  @Test(arguments: shapes) func normalizedResidualIsThatOfItsOutput(shape: Shape) {
    let (x, other) = (randomTensor(shape, seed: 1), randomTensor(shape, seed: 2))
    let dy = randomTensor(shape, seed: 3)
    let main = normalizer(shape.c, seed: 10, relu: true)
    let shortcut = normalizer(shape.c, seed: 20, relu: false)
    let fused = Normalizer.Residual.normalized(other, shortcut)
    let plain = Normalizer.Residual.tensor(shortcut.output(of: other, compute))
    #expect(
      main.output(of: x, residual: fused, compute).array
        == main.output(of: x, residual: plain, compute).array)
    func backward(_ residual: Normalizer.Residual) -> [[Float]] {
      let channels = Shape(n: 1, h: 1, w: 1, c: shape.c)
      let (scale, shift) = (Tensor(channels), Tensor(channels))
      let (dx, dResidual) = main.backward(
        dy, x: x, residual: residual, scaleGradient: scale, shiftGradient: shift, compute)
      return [dx.array, dResidual?.array ?? [], scale.array, shift.array]
    }
    #expect(backward(fused) == backward(plain))
  }

  /// Over its own memory or over new, the result is the same, and a tensor that someone else holds
  /// stays what it is.
  @Test(arguments: shapes) func inPlaceIsTheSame(shape: Shape) {
    let x = randomTensor(shape, seed: 1)
    let main = normalizer(shape.c, seed: 10, relu: true)
    let before = x.array
    let y = main.output(of: x, compute)
    #expect(x.array == before)
    let copy = Tensor(shape, before)
    #expect(main.output(of: copy, inPlace: true, compute).array == y.array)

    let channels = Shape(n: 1, h: 1, w: 1, c: shape.c)
    func backward(_ dy: consuming Tensor) -> Tensor {
      main.backward(
        dy, x: x, scaleGradient: Tensor(channels), shiftGradient: Tensor(channels), compute
      ).dx
    }
    let dy = randomTensor(shape, seed: 3)
    let (values, address) = (dy.array, dy.base)
    let kept = backward(dy)
    #expect(dy.array == values && kept.base != address)
    let own = Tensor(shape, values)
    let ownAddress = own.base
    let given = backward(consume own)
    #expect(given.base == ownAddress && given.array == kept.array)
  }

  @Test(arguments: shapes) func resultsAreTheSameBitsForAnyNumberOfThreads(shape: Shape) {
    let x = randomTensor(shape, seed: 1)
    let moments = [1, 2, 3].map { threads -> [[Float]] in
      let moments = batchMoments(x, Compute(threads: threads))
      return [moments.mean.array, moments.variance.array]
    }
    #expect(moments[0] == moments[1] && moments[0] == moments[2])
  }

  /// A channel that does not vary, however far from zero, has the variance zero.
  @Test func constantChannelsHaveNoVariance() {
    let x = Tensor(Shape(n: 2, h: 41, w: 30, c: 70), filledWith: 12345.678)
    let moments = batchMoments(x, compute)
    #expect(moments.variance.array.allSatisfy { $0 >= 0 && $0 < 1e-3 })
    #expect(moments.mean.array.allSatisfy { abs($0 - 12345.678) < 0.01 })
  }

  @Test(arguments: [(1, 1, 1), (2, 5, 7), (3, 8, 6), (1, 33, 20)])
  func poolingThroughItIsPoolingItsOutput(n: Int, h: Int, w: Int) {
    for c in [3, 16, 70] {
      let x = randomTensor(Shape(n: n, h: h, w: w, c: c), seed: 1)
      let main = normalizer(c, seed: 10, relu: true)
      let fused = MaxPooling.forward(x, through: main, wantsChoices: true, compute)
      let plain = MaxPooling.forward(main.output(of: x, compute), wantsChoices: true, compute)
      #expect(fused.output.array == plain.output.array)
      let dy = randomTensor(fused.output.shape, seed: 2)
      #expect(
        MaxPooling.backward(dy, fused.choices!, input: x.shape, compute).array
          == MaxPooling.backward(dy, plain.choices!, input: x.shape, compute).array)
    }
  }
}
