import Foundation
import Losses
import Tensors
import Testing

@Suite struct FocalLossTests {
  @Test func gammaZeroIsCrossEntropyToTheBit() {
    let batch = Batch.random("focal", Shape(n: 1, h: 5, w: 9, c: 4), ignored: 0.2, seed: 41)
    let (a, b) = (
      FocalLoss(gamma: 0).evaluate(batch.input()), CrossEntropyLoss().evaluate(batch.input())
    )
    #expect(a.value == b.value)
    #expect(a.gradient.array == b.gradient.array)
  }

  @Test(arguments: [0, 0.5, 1, 2, 3])
  func reportsClassMeansOfItsWeight(_ gamma: Double) throws {
    // p of the truth: 1/2 and 4/5 for class 0, 1/4 for class 2.
    let (h, f, q) = (Float(0), Float(log(8.0)), Float(-log(1.5)))
    let batch = Batch(
      "weights", Shape(n: 1, h: 2, w: 2, c: 3),
      logits: [Float(log(2.0)), 0, 0, f, 0, 0, h, h, q, h, h, h], ids: [0, 0, 2, 255])
    let weights = try #require(FocalLoss(gamma: gamma).evaluate(batch.input()).classWeights)
    let expected = (pow(0.5, gamma) + pow(0.2, gamma)) / 2
    #expect(abs(weights[0] - expected) < 1e-6)
    #expect(weights[1].isNaN)
    #expect(abs(weights[2] - pow(0.75, gamma)) < 1e-6)
  }
}
