import Losses
import Tensors
import TestSupport
import Testing

@Suite struct PublishedRecallLossTests {
  /// Class 0: 4 pixels, none missed; class 1: 2 pixels, both missed; 2 ignored.
  private let batch = Batch(
    "hand", Shape(n: 1, h: 2, w: 4, c: 3),
    logits: [
      2, 0, 0, 1, 0, 0, 3, 0, 0, 1, 0, 0.5, 1, 0, 0, 0, 0, 2, 0, 9, 0, 0, 0, 9,
    ], ids: [0, 0, 0, 0, 1, 1, 255, 255])

  @Test func countersStartAtOne() throws {
    let result = PublishedRecallLoss().evaluate(batch.input())
    let weights = try #require(result.classWeights)
    #expect(weights[0] == 1 / 4.0)
    #expect(weights[1] == 1)
    #expect(weights[2].isNaN)
    #expect(RecallLoss().evaluate(batch.input()).classWeights?[0] == 0)
  }

  @Test func dividesByAllPixelsIgnoredOnesIncluded() {
    let ce = batch.labels.ids.indices.map { i in
      batch.labels.ids[i] == 255
        ? 0
        : -logProbabilities(batch.logits[3 * i..<3 * i + 3].map(Double.init))[
          Int(batch.labels.ids[i])]
    }
    let expected = (ce[..<4].reduce(0, +) / 4 + ce[4] + ce[5]) / 8
    #expect(abs(PublishedRecallLoss().evaluate(batch.input()).value / expected - 1) < 1e-6)
  }

  /// The authors' second version: w_1 = (w_0 + max(FN, 1)/max(N, 1)) / 2 from w_0 = 1, of absent
  /// classes too.
  @Test func secondVersionRemembersCountersThatStartAtOne() throws {
    let loss = try batch.loss("recall.published(momentum: 0.5)")
    var state = loss.initialState
    let result = try loss.evaluate(batch.input(), state: &state)
    #expect(state.values == [0.625, 1, 1])
    #expect(result.classWeights?[0] == 0.625)
    _ = try loss.evaluate(batch.input(), state: &state)
    #expect(state.values == [0.4375, 1, 1])
  }
}
