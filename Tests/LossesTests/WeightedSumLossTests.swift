import Losses
import Tensors
import TestSupport
import Testing

@Suite struct WeightedSumLossTests {
  private let batch = Batch.random(
    "sum", Shape(n: 2, h: 5, w: 7, c: 4), ignored: 0.2, seed: 91)

  @Test(arguments: [
    ("recall + 0.5 * lovasz", ["recall": 1, "lovasz": 0.5]),
    ("0.25 * focal(gamma: 2) + 3 * ce", ["ce": 3, "focal(gamma: 2)": 0.25]),
    ("2 * ohem", ["ohem": 2]),
  ])
  func valueAndGradientAreTheWeightedSums(_ text: String, _ terms: [String: Double]) throws {
    let sum = try batch.loss(text).evaluate(batch.input())
    var value = 0.0
    var gradient = [Double](repeating: 0, count: batch.shape.count)
    for (loss, weight) in terms {
      let result = try batch.loss(loss).evaluate(batch.input())
      value += weight * result.value
      for (i, g) in result.gradient.array.enumerated() { gradient[i] += weight * Double(g) }
    }
    #expect(abs(sum.value / value - 1) < 1e-12)
    #expect(relativeDistance(sum.gradient.array.map(Double.init), gradient) < 1e-6)
  }

  @Test func classWeightsAreThoseOfTheFirstTermThatHasAny() throws {
    let sum = try batch.loss("ce + 0.5 * recall + 0.25 * focal")
    let recall = try batch.loss("recall").evaluate(batch.input())
    #expect(try sum.evaluate(batch.input()).classWeights == recall.classWeights)
    #expect(sum.constantClassWeights == nil)
    let weighted = try batch.loss("2 * recall + weighted_ce + 0.5 * balanced_ce")
    #expect(
      try weighted.constantClassWeights == batch.loss("weighted_ce").constantClassWeights)
    #expect(try batch.loss("ce + soft_iou").evaluate(batch.input()).classWeights == nil)
  }

  /// Each term finds its own part of the state again.
  @Test func termsHaveStatesOfTheirOwn() throws {
    let sum = try batch.loss("recall(momentum: 0.5) + ce + 0.5 * recall.published(momentum: 0.25)")
    let (first, second) = (
      try batch.loss("recall(momentum: 0.5)"), try batch.loss("recall.published(momentum: 0.25)")
    )
    var (state, a, b) = (sum.initialState, first.initialState, second.initialState)
    #expect(state.values.count == 8)
    for _ in 0..<3 {
      _ = try sum.evaluate(batch.input(), state: &state)
      _ = try first.evaluate(batch.input(), state: &a)
      _ = try second.evaluate(batch.input(), state: &b)
    }
    #expect(state.values == a.values + b.values)
    #expect(a.values != first.initialState.values && a.values != b.values)
  }
}
