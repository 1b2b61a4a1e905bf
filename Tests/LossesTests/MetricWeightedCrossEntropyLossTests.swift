import Losses
import Tensors
import TestSupport
import Testing

@Suite struct MetricWeightedCrossEntropyLossTests {
  /// Labels 0 0 0 1 1 2, predictions 0 0 1 1 0 0; an ignored pixel predicted as 2. Class 0: TP 2,
  /// FP 2, FN 1; class 1: TP 1, FP 1, FN 1; class 2: TP 0, FP 0, FN 1; class 3: absent.
  private let batch: Batch = {
    let predictions = [0, 0, 1, 1, 0, 0, 2]
    let logits = predictions.flatMap { p in (0..<4).map { $0 == p ? Float(1.5) : 0 } }
    return Batch(
      "hand", Shape(n: 1, h: 1, w: 7, c: 4), logits: logits, ids: [0, 0, 0, 1, 1, 2, 255])
  }()

  @Test(
    arguments: [
      ("precision_ce", 2 / 4.0, 1 / 2.0),
      ("dice_ce", 3 / 7.0, 2 / 4.0),
      ("jaccard_ce", 3 / 5.0, 2 / 3.0),
      ("tversky_ce(alpha: 2, beta: 1)", 5 / 7.0, 3 / 4.0),
      ("tversky_ce(alpha: 0, beta: 1)", 1 / 3.0, 1 / 2.0),
    ] as [(String, Double, Double)])
  func weightsAreOneMinusTheIndex(_ text: String, _ first: Double, _ second: Double) throws {
    let weights = try #require(try batch.loss(text).evaluate(batch.input()).classWeights)
    #expect(abs(weights[0] - first) < 1e-12)
    #expect(abs(weights[1] - second) < 1e-12)
    #expect(weights[2] == 1)
    #expect(weights.count == 4 && weights[3].isNaN)
  }

  /// TP + FP = 0: precision is undefined and counts as 0, or the class could never be learnt.
  @Test func classNeverPredictedHasPrecisionZero() throws {
    let weights = try batch.loss("precision_ce").evaluate(batch.input()).classWeights
    #expect(weights?[2] == 1)
  }

  /// Tversky without false positives is recall, weight by weight and bit by bit.
  @Test func withoutFalsePositivesItIsRecallLoss() throws {
    let large = Batch.random("recall", Shape(n: 2, h: 9, w: 8, c: 5), ignored: 0.2, seed: 95)
    let a = try large.loss("tversky_ce(alpha: 0, beta: 1)").evaluate(large.input())
    let b = RecallLoss().evaluate(large.input())
    #expect(a.value == b.value)
    #expect(a.gradient.array == b.gradient.array)
  }

  /// The paper's argument: false positives raise the weight of the class they are taken for.
  @Test func falsePositivesRaiseTheWeight() throws {
    var worse = batch
    worse.logits.replaceSubrange(12..<16, with: [1.5, 0, 0, 0])
    for name in ["precision_ce", "dice_ce", "jaccard_ce", "tversky_ce"] {
      let before = try #require(try batch.loss(name).evaluate(batch.input()).classWeights)
      let after = try #require(try worse.loss(name).evaluate(worse.input()).classWeights)
      #expect(after[0] > before[0])
    }
    let (before, after) = (
      RecallLoss().evaluate(batch.input()).classWeights?[0],
      RecallLoss().evaluate(worse.input()).classWeights?[0]
    )
    #expect(before == after)
  }
}
