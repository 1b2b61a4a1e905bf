import Losses
import Tensors
import Testing

/// The constant weights of weighted and balanced cross-entropy.
@Suite struct ClassWeightsTests {
  @Test func weightedIsInverseFrequencyAndZeroWithoutPixels() {
    let weights = WeightedCrossEntropyLoss(classPixels: [10, 0, 30]).weights
    #expect(weights == [4, 0, 40 / 30.0])
  }

  @Test func balancedFollowsItsFormulaRescaledToTheNumberOfClasses() {
    // (1 - b)/(1 - b^N) at b = 1/2 and N = 1, 2, 3: 1, 2/3, 4/7.
    let raw = [1, 2 / 3.0, 4 / 7.0, 0]
    let sum = 1 + 2 / 3.0 + 4 / 7.0
    let weights = BalancedCrossEntropyLoss(classPixels: [1, 2, 3, 0], beta: 0.5).weights
    for (w, r) in zip(weights, raw) { #expect(abs(w - 4 * r / sum) < 1e-12) }
  }

  @Test func balancedTurnsFromEqualWeightsToInverseFrequency() {
    let pixels = [250_000_000, 40_000_000, 1_000_000, 300_000]
    #expect(BalancedCrossEntropyLoss(classPixels: pixels, beta: 0).weights == [1, 1, 1, 1])
    // Cui et al.'s own constant saturates on pixel counts.
    let saturated = BalancedCrossEntropyLoss(classPixels: pixels, beta: 0.9999).weights
    for w in saturated { #expect(abs(w - 1) < 1e-9) }
    let byDefault = BalancedCrossEntropyLoss(classPixels: pixels).weights
    // 1 - b^N -> N/total for small shares: rare classes relate as their inverse frequencies.
    #expect(abs(byDefault[3] / byDefault[2] / (10 / 3.0) - 1) < 0.01)
    #expect(abs(byDefault.reduce(0, +) - 4) < 1e-12)
    #expect(byDefault == byDefault.sorted())
  }

  @Test func oneTrainingPixelDoesNotBreakTheDefault() {
    #expect(BalancedCrossEntropyLoss(classPixels: [1, 0]).weights == [2, 0])
  }

  /// The median of 10, 0, 30, 100 is 20; without pixels still 0.
  @Test func publishedWeightsComeFromTheValidationCounts() throws {
    func make(_ text: String, _ counts: [Int]) throws -> [Double] {
      let loss = try LossRegistry.make(
        LossSpecification(parsing: text), classes: counts.count,
        classPixels: [Int](repeating: 7, count: counts.count), validationFirstImagePixels: counts)
      return try #require(loss.constantClassWeights)
    }
    #expect(try make("weighted_ce.published", [10, 0, 30, 100]) == [2, 0, 20 / 30.0, 0.2])
    #expect(try make("weighted_ce.published", [10, 30, 20]) == [2, 20 / 30.0, 1])
    let canonical = BalancedCrossEntropyLoss(classPixels: [10, 40, 30]).weights
    #expect(try make("balanced_ce.published", [10, 40, 30]) == canonical)
    // (1 - b)/(1 - b^N) at b = 1/2 and N = 1, 2: 1, 2/3; not counted: 1 - b = 1/2.
    let raw = [1, 2 / 3.0, 1 / 2.0]
    let weights = try make("balanced_ce.published(beta: 0.5)", [1, 2, 0])
    for (w, r) in zip(weights, raw) { #expect(abs(w - 3 * r / (13 / 6.0)) < 1e-12) }
  }

  @Test(arguments: [
    WeightedCrossEntropyLoss(classPixels: [5, 0]) as any Loss,
    BalancedCrossEntropyLoss(classPixels: [5, 0]),
  ])
  func aBatchOfClassesWithoutTrainingPixelsTeachesNothing(_ loss: any Loss) throws {
    let batch = Batch("unseen", Shape(n: 1, h: 1, w: 2, c: 2), logits: [1, 0, 2, 0], ids: [1, 1])
    let result = try loss.evaluate(batch.input())
    #expect(result.value == 0)
    #expect(result.gradient.array == [0, 0, 0, 0])
  }
}
