import Metrics
import Testing

/// Ids 0 and 3 are ignored: their true pixels count nowhere, predicting them on others is a miss.
@Suite struct IgnoredIdsTests {
  static let matrix = ConfusionMatrix(
    classes: 4, ignored: [0, 3],
    counts: [
      9, 8, 7, 6,
      2, 5, 1, 1,
      0, 3, 4, 0,
      5, 4, 3, 2,
    ])

  @Test func scoresLeaveIgnoredRowsOut() {
    let m = Self.matrix
    #expect(m.scored == [1, 2])
    #expect(m.pixels == 16)
    #expect(m.pixelAccuracy == 9 / 16.0)
    #expect(
      m.outcomes(of: 1)
        == ClassOutcomes(truePositives: 5, falsePositives: 3, falseNegatives: 4))
    #expect(
      m.outcomes(of: 2)
        == ClassOutcomes(truePositives: 4, falsePositives: 1, falseNegatives: 3))
    #expect((0..<4).map { m.score(.iou, of: $0) } == [nil, 5 / 12.0, 4 / 8.0, nil])
    #expect((0..<4).map { m.score(.accuracy, of: $0) } == [nil, 5 / 9.0, 4 / 7.0, nil])
    #expect((0..<4).map { m.score(.precision, of: $0) } == [nil, 5 / 8.0, 4 / 5.0, nil])
    #expect(m.predictedPixels(of: 1) == 8)
    #expect(m.truePixels(of: 0) == 30)
    let ious: [Double] = [5 / 12.0, 4 / 8.0]
    let precisions: [Double] = [5 / 8.0, 4 / 5.0]
    let dices: [Double] = [10 / 17.0, 8 / 12.0]
    #expect(m.meanIoU == ious.reduce(0, +) / 2)
    #expect(Metric.precision.mean(m) == precisions.reduce(0, +) / 2)
    #expect(Metric.dice.mean(m) == dices.reduce(0, +) / 2)
  }

  @Test func aGroupIsScoredAsOne() {
    #expect(
      Self.matrix.outcomes(of: [1, 2])
        == ClassOutcomes(truePositives: 13, falsePositives: 0, falseNegatives: 3))
    // Predictions of an ignored id can be counted with a group's.
    #expect(Self.matrix.falsePositives(of: [0, 2], truth: [2]) == 3)
  }

  @Test func pixelsAreCountedButTheSumOfTwoMatricesKeepsThemIgnored() throws {
    var matrix = ConfusionMatrix(classes: 3, ignored: [0])
    try matrix.add(truth: [0, 1, 2, 255] as [UInt8], prediction: [1, 0, 2, 2] as [UInt8])
    #expect(matrix.counts == [0, 1, 0, 1, 0, 0, 0, 0, 1])
    let sum = matrix + matrix
    #expect(sum.ignored == [0])
    #expect(sum.pixels == 4)
    #expect(sum.pixelAccuracy == 0.5)
    #expect(sum.score(.iou, of: 1) == 0)
  }

  @Test func scoresOverIdsAreThoseOverTrainingIdsWherePredictionsAreNeverVoid() throws {
    // Training id k is id k + 1; id 0 is ignored.
    let truth: [UInt8] = [0, 1, 1, 2, 3, 3, 0, 2, 1]
    let prediction: [UInt8] = [2, 1, 2, 2, 3, 1, 1, 2, 1]
    var byId = ConfusionMatrix(classes: 4, ignored: [0])
    try byId.add(truth: truth, prediction: prediction)
    var byClass = ConfusionMatrix(classes: 3)
    try byClass.add(
      truth: truth.map { $0 == 0 ? 255 : $0 - 1 }, prediction: prediction.map { $0 - 1 })
    for c in 0..<3 { #expect(byId.outcomes(of: c + 1) == byClass.outcomes(of: c)) }
    #expect(byId.meanIoU == byClass.meanIoU)
    #expect(byId.pixelAccuracy == byClass.pixelAccuracy)
  }
}
