import Losses
import Tensors
import TestSupport
import Testing

@Suite struct CrossEntropyLossTests {
  /// Equation (6): dCE/dz_j = p_j - [j = y].
  @Test func gradientIsProbabilityMinusTruth() {
    let batch = Batch.random("ce", Shape(n: 2, h: 3, w: 5, c: 6), seed: 31)
    let gradient = CrossEntropyLoss().evaluate(batch.input()).gradient.array
    var expected: [Double] = []
    for i in 0..<30 {
      var row = probabilities(batch.logits[i * 6..<i * 6 + 6].map(Double.init))
      row[Int(batch.labels.ids[i])] -= 1
      expected += row
    }
    #expect(relativeDistance(gradient.map { Double($0) * 30 }, expected) < 1e-6)
  }

  /// 1 - p is far below the spacing of single precision around 1.
  @Test func certainPixelsKeepTheirDigits() {
    let batch = Batch("certain", Shape(n: 1, h: 1, w: 1, c: 2), logits: [30, 0], ids: [0])
    let result = CrossEntropyLoss().evaluate(batch.input())
    let rest = 9.357_622_968_840_171e-14  // exp(-30) / (1 + exp(-30))
    #expect(abs(result.value / rest - 1) < 1e-6)
    #expect(abs(Double(result.gradient.array[0]) / -rest - 1) < 1e-6)
    #expect(abs(Double(result.gradient.array[1]) / rest - 1) < 1e-6)
  }
}
