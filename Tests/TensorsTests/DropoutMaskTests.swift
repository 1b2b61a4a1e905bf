import Tensors
import TestSupport
import Testing

@Suite struct DropoutMaskTests {
  /// One draw an element, in order, for any number of threads; later draws are those after it.
  @Test(arguments: [0.3, 0.5]) func everyElementHasItsDraw(rate: Double) {
    let x = randomTensor(Shape(n: 2, h: 50, w: 50, c: 19), seed: 1)
    for threads in [1, 3] {
      let compute = Compute(threads: threads)
      var (random, draws) = (RandomSource(seed: 4), RandomSource(seed: 4))
      let mask = DropoutMask(rate: rate, count: x.count, &random)
      let expected = x.array.map { value in
        value * (draws.next() >> 32 < UInt64(rate * 0x1p32) ? 0 : Float(1 / (1 - rate)))
      }
      #expect(mask.applied(to: x, compute).array == expected)
      // Applied again, as for the gradient, it is the same mask.
      #expect(mask.applied(to: x, compute).array == expected)
      #expect(random.next() == draws.next())
    }
  }

  @Test func rateZeroDrawsNothing() {
    var random = RandomSource(seed: 4)
    let x = randomTensor(Shape(n: 1, h: 1, w: 1, c: 5), seed: 1)
    let mask = DropoutMask(rate: 0, count: 5, &random)
    #expect(mask.applied(to: x, Compute()).array == x.array)
    var fresh = RandomSource(seed: 4)
    #expect(random.next() == fresh.next())
  }
}
