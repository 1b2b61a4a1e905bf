import Losses
import Tensors
import TestSupport
import Testing

@Suite struct JaccardMetricLossTests {
  @Test func withHardLabelsItIsTheSoftJaccardLoss() {
    let batch = Batch.random("jaccard", Shape(n: 2, h: 9, w: 7, c: 5), ignored: 0.2, seed: 96)
    let a = JaccardMetricLoss(smoothing: 0).evaluate(batch.input())
    let b = JaccardLoss().evaluate(batch.input())
    #expect(abs(a.value / b.value - 1) < 1e-6)
    #expect(
      relativeDistance(a.gradient.array.map(Double.init), b.gradient.array.map(Double.init)) < 1e-5)
  }

  /// Two pixels of classes 0 and 1, p = (3/4, 1/4) at both, t = (0.9, 0.1) and (0.1, 0.9).
  @Test func valueByHand() {
    let logit = Float(1.0986123)
    let batch = Batch(
      "hand", Shape(n: 1, h: 1, w: 2, c: 2), logits: [logit, 0, logit, 0], ids: [0, 1])
    let expected = 1 - ((0.75 + 0.1) / (0.9 + 0.75) + (0.1 + 0.25) / (0.25 + 0.9)) / 2
    let value = JaccardMetricLoss(smoothing: 0.2).evaluate(batch.input()).value
    #expect(abs(value - expected) < 1e-6)
  }

  /// A metric is zero where both are equal; the soft Jaccard loss is not.
  @Test func isZeroWhereTheProbabilitiesAreTheSmoothedLabels() {
    // p = 0.95 of the own class.
    let batch = Batch(
      "equal", Shape(n: 1, h: 1, w: 2, c: 2), logits: [2.944439, 0, 0, 2.944439], ids: [0, 1])
    #expect(JaccardMetricLoss(smoothing: 0.1).evaluate(batch.input()).value < 1e-6)
    #expect(JaccardLoss().evaluate(batch.input()).value > 0.09)
  }
}
