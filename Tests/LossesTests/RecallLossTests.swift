import Losses
import Tensors
import TestSupport
import Testing

@Suite struct RecallLossTests {
  /// Two classes, logits chosen by whether each pixel is to be right.
  private func batch(_ pixels: [(label: UInt8, right: Bool)], _ seed: UInt64 = 61) -> Batch {
    var random = RandomSource(seed: seed)
    let logits = pixels.flatMap { pixel -> [Float] in
      let margin = Float(random.uniform(0.1...3))
      let ahead = (pixel.label == 0) == pixel.right ? margin : -margin
      return [ahead, 0]
    }
    return Batch(
      "recall", Shape(n: 1, h: 1, w: pixels.count, c: 2), logits: logits,
      ids: pixels.map(\.label))
  }

  private func logLoss(_ batch: Batch) -> [Double] {
    batch.labels.ids.indices.map { i in
      -logProbabilities(batch.logits[2 * i..<2 * i + 2].map(Double.init))[
        Int(batch.labels.ids[i])]
    }
  }

  @Test func reportsOneMinusRecallOfTheBatch() throws {
    let b = Batch(
      "weights", Shape(n: 1, h: 2, w: 3, c: 3),
      logits: [1, 0, 0, 0, 0, 0, 0, 5, 5, 0, 1, 2, 9, 0, 0, 0, 0, 9], ids: [0, 1, 1, 1, 255, 0])
    // Predictions 0, 0 (tie), 1 (tie), 2, -, 2.
    let weights = try #require(RecallLoss().evaluate(b.input()).classWeights)
    #expect(weights[0] == 1 / 2.0)
    #expect(weights[1] == 2 / 3.0)
    #expect(weights[2].isNaN)
  }

  /// Equation (3): 1 <= FN_c <= N_c puts the recall loss between inverse frequency and CE.
  @Test func liesBetweenInverseFrequencyAndCrossEntropy() {
    let b = batch(
      (0..<40).map { (label: $0 < 31 ? 0 : 1, right: $0 % 3 != 0) })
    let pixels = 40.0
    let ce = CrossEntropyLoss().evaluate(b.input()).value * pixels
    let recall = RecallLoss().evaluate(b.input()).value * pixels
    // With the batch's own counts the weighted mean is the mean over classes of -log P^c.
    let inverse = WeightedCrossEntropyLoss(classPixels: [31, 9]).evaluate(b.input()).value * 2
    #expect(inverse < recall && recall < ce)
  }

  @Test func isCrossEntropyWhereEverythingIsMissed() {
    let b = batch((0..<12).map { (label: $0 < 9 ? 0 : 1, right: false) })
    let (a, ce) = (RecallLoss().evaluate(b.input()), CrossEntropyLoss().evaluate(b.input()))
    #expect(a.value == ce.value)
    #expect(a.gradient.array == ce.gradient.array)
  }

  @Test func isInverseFrequencyWhereEachClassMissesOnePixel() {
    let b = batch((0..<12).map { (label: $0 < 9 ? 0 : 1, right: $0 != 0 && $0 != 11) })
    let ce = logLoss(b)
    let inverse = ce[..<9].reduce(0, +) / 9 + ce[9...].reduce(0, +) / 3
    #expect(abs(RecallLoss().evaluate(b.input()).value * 12 / inverse - 1) < 1e-6)
  }

  @Test func isZeroWhereEverythingIsRecalled() {
    let b = batch((0..<12).map { (label: $0 < 9 ? 0 : 1, right: true) })
    let result = RecallLoss().evaluate(b.input())
    #expect(result.value == 0)
    #expect(result.gradient.array.allSatisfy { $0 == 0 })
  }

  /// Equations (7) and (8): by the first logit, -FN_1 (1 - mean p_1 over class 1) + FN_2 mean p_1
  /// over class 2.
  @Test func twoClassGradientRewardsRecallAndPunishesFalsePositives() {
    let b = batch((0..<20).map { (label: $0 < 14 ? 0 : 1, right: $0 % 4 != 0) })
    let first = (0..<20).map {
      probabilities(b.logits[2 * $0..<2 * $0 + 2].map(Double.init))[0]
    }
    let own = first[..<14].reduce(0, +) / 14
    let other = first[14...].reduce(0, +) / 6
    // Missed: 0, 4, 8, 12 of the first class, 16 of the second.
    let expected = -4 * (1 - own) + 1 * other
    let gradient = RecallLoss().evaluate(b.input()).gradient.array
    let sum = (0..<20).reduce(0) { $0 + Double(gradient[2 * $1]) } * 20
    #expect(abs(sum - expected) < 1e-5)
  }

  /// The weight takes no gradient: pixel by pixel, that of CE times 1 - R_y.
  @Test func gradientIsThatOfCrossEntropyTimesTheWeight() throws {
    let b = Batch.random("frozen", Shape(n: 2, h: 4, w: 6, c: 5), ignored: 0.2, seed: 62)
    let recall = RecallLoss().evaluate(b.input())
    let weights = try #require(recall.classWeights)
    let ce = CrossEntropyLoss().evaluate(b.input()).gradient.array
    let expected = ce.indices.map { i in
      let id = b.labels.ids[i / 5]
      return id == LabelMap.ignored ? 0 : Double(ce[i]) * weights[Int(id)]
    }
    #expect(relativeDistance(recall.gradient.array.map(Double.init), expected) < 1e-6)
  }
}
