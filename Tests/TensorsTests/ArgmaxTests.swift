import Tensors
import Testing

@Suite struct ArgmaxTests {
  @Test func tiesGoToTheLowestClass() {
    let logits = Tensor(
      Shape(n: 1, h: 2, w: 2, c: 3), [0, 0, 0, 1, 2, 2, -3, -4, -3, -1, -2, 5])
    #expect(argmax(logits: logits) == [0, 1, 0, 2])
  }

  @Test(arguments: [1, 2, 11, 13, 19, 255])
  func matchesTheFirstLargestElement(_ c: Int) {
    var random = RandomSource(seed: UInt64(c))
    let shape = Shape(n: 2, h: 50, w: 45, c: c)
    // Few distinct values: ties are common.
    let logits = Tensor(shape, (0..<shape.count).map { _ in Float(random.below(9)) - 4 })
    let expected = (0..<shape.pixels).map { i -> UInt8 in
      let row = Array(logits.elements[i * c..<(i + 1) * c])
      return UInt8(row.firstIndex(of: row.max()!)!)
    }
    #expect(argmax(logits: logits) == expected)
    for threads in 1...3 { #expect(argmax(logits: logits, Compute(threads: threads)) == expected) }
  }
}
