import Metrics
import Testing

@Suite struct ClassOutcomesTests {
  private let outcomes = ClassOutcomes(truePositives: 6, falsePositives: 1, falseNegatives: 3)

  @Test func scoresMatchTableOne() {
    #expect(outcomes.recall == 6 / 9.0)
    #expect(outcomes.precision == 6 / 7.0)
    #expect(outcomes.dice == 12 / 16.0)
    #expect(outcomes.jaccard == 6 / 10.0)
    #expect(outcomes.tversky(alpha: 0.25, beta: 0.5) == 6 / 7.75)
  }

  @Test func tverskyHoldsTheOthersAsSpecialCases() {
    for tp in 0..<4 {
      for fp in 0..<3 {
        for fn in 0..<3 {
          let o = ClassOutcomes(truePositives: tp, falsePositives: fp, falseNegatives: fn)
          #expect(o.tversky(alpha: 1, beta: 1) == o.jaccard)
          #expect(o.tversky(alpha: 0.5, beta: 0.5) == o.dice)
          #expect(o.tversky(alpha: 0, beta: 1) == o.recall)
          #expect(o.tversky(alpha: 1, beta: 0) == o.precision)
        }
      }
    }
  }

  @Test func f1IsTheHarmonicMeanOfPrecisionAndRecall() throws {
    let (p, r) = (try #require(outcomes.precision), try #require(outcomes.recall))
    #expect(abs(try #require(outcomes.dice) - 2 * p * r / (p + r)) < 1e-15)
  }

  @Test func nothingToDivideByIsUndefinedAndNotZero() {
    let absent = ClassOutcomes(truePositives: 0, falsePositives: 0, falseNegatives: 0)
    #expect(
      [absent.recall, absent.precision, absent.jaccard, absent.dice] == [nil, nil, nil, nil])
    #expect(absent.tversky(alpha: 0.3, beta: 0.7) == nil)
    let onlyPredicted = ClassOutcomes(truePositives: 0, falsePositives: 2, falseNegatives: 0)
    #expect(onlyPredicted.recall == nil)
    #expect([onlyPredicted.precision, onlyPredicted.jaccard, onlyPredicted.dice] == [0, 0, 0])
    let onlyPresent = ClassOutcomes(truePositives: 0, falsePositives: 0, falseNegatives: 2)
    #expect(onlyPresent.precision == nil)
    #expect([onlyPresent.recall, onlyPresent.jaccard, onlyPresent.dice] == [0, 0, 0])
  }
}

@Suite struct InstanceOutcomesTests {
  @Test func smallInstancesCountAsMuchAsLargeOnes() throws {
    var outcomes = InstanceOutcomes()
    outcomes.add(hits: 100, of: 100, averageSize: 50)
    outcomes.add(hits: 0, of: 2, averageSize: 50)
    #expect(outcomes.truePositives == 50)
    #expect(outcomes.falseNegatives == 50)
    #expect(outcomes.iou(falsePositives: 0) == 0.5)
    #expect(outcomes.iou(falsePositives: 100) == 0.25)
  }

  @Test func withoutInstancesOnlyFalsePositivesDefineIt() {
    #expect(InstanceOutcomes().iou(falsePositives: 0) == nil)
    #expect(InstanceOutcomes().iou(falsePositives: 3) == 0)
  }
}
