import Foundation
import Tensors
import Testing

@Suite struct SoftmaxTests {
  @Test(arguments: [1, 2, 3, 8, 11, 13, 16, 19], [0.1, 3, 30])
  func matchesDoublePrecision(_ c: Int, _ spread: Double) {
    var random = RandomSource(seed: UInt64(c))
    let shape = Shape(n: 2, h: 13, w: 57, c: c)
    let logits = Tensor(shape, (0..<shape.count).map { _ in Float(random.normal() * spread) })
    let result = softmax(logits, Compute())
    for i in 0..<shape.pixels {
      let z = (0..<c).map { Double(logits.base[i * c + $0]) }
      let largest = z.max() ?? 0
      let sum = z.reduce(0) { $0 + exp($1 - largest) }
      for j in 0..<c {
        let expected = exp(z[j] - largest) / sum
        // The subtraction rounds to the spacing of the difference; exp makes that relative.
        let tolerance = 1e-6 + abs(z[j] - largest) * 6e-8
        let p = Double(result.base[i * c + j])
        #expect(abs(p - expected) <= tolerance * expected + 2e-38)
      }
    }
  }

  @Test func saturatedLogitsStayFiniteAndBadOnesShow() {
    let logits = Tensor(
      Shape(n: 1, h: 2, w: 2, c: 2), [100, -100, -100, -100, .nan, 0, .infinity, 0])
    let p = softmax(logits, Compute()).array
    #expect(p[0] == 1 && p[1] >= 0 && p[1] < 1e-37)
    #expect(p[2] == 0.5 && p[3] == 0.5)
    #expect(p[4].isNaN && p[5].isNaN && p[6].isNaN)
  }

  @Test func doesNotDependOnThreads() {
    var random = RandomSource(seed: 5)
    let shape = Shape(n: 3, h: 40, w: 41, c: 11)
    let logits = Tensor(shape, (0..<shape.count).map { _ in Float(random.normal()) })
    let one = softmax(logits, Compute(threads: 1)).array
    for threads in 2...3 { #expect(softmax(logits, Compute(threads: threads)).array == one) }
  }
}
