import Metrics
import Testing

@Suite struct ScoresTests {
  /// Class 0: TP 6, FN 2, FP 1. Class 1: TP 3, FN 1, FP 4. Class 2: TP 0, FN 4, FP 1.
  /// Class 3: neither present nor predicted. Class 4: never present, predicted once.
  static let matrix = ConfusionMatrix(
    classes: 5,
    counts: [
      6, 1, 1, 0, 0,
      1, 3, 0, 0, 0,
      0, 3, 0, 0, 1,
      0, 0, 0, 0, 0,
      0, 0, 0, 0, 0,
    ])

  @Test func perClassScoresMatchHandComputation() {
    let m = Self.matrix
    #expect((0..<5).map { m.truePixels(of: $0) } == [8, 4, 4, 0, 0])
    #expect((0..<5).map { m.predictedPixels(of: $0) } == [7, 7, 1, 0, 1])
    #expect((0..<5).map { m.score(.accuracy, of: $0) } == [6 / 8.0, 3 / 4.0, 0, nil, nil])
    #expect((0..<5).map { m.score(.precision, of: $0) } == [6 / 7.0, 3 / 7.0, 0, nil, 0])
    #expect((0..<5).map { m.score(.iou, of: $0) } == [6 / 9.0, 3 / 8.0, 0, nil, 0])
    #expect((0..<5).map { m.score(.dice, of: $0) } == [12 / 15.0, 6 / 11.0, 0, nil, 0])
    #expect(m.pixels == 16)
    #expect(m.pixelAccuracy == 9 / 16.0)
  }

  @Test func meansLeaveUndefinedClassesOut() {
    let m = Self.matrix
    let accuracies: [Double] = [6 / 8.0, 3 / 4.0, 0]
    let ious: [Double] = [6 / 9.0, 3 / 8.0, 0, 0]
    #expect(m.meanAccuracy == accuracies.reduce(0, +) / 3)
    #expect(m.meanIoU == ious.reduce(0, +) / 4)
    #expect(ClassMean(.accuracy, over: [1, 3, 2], named: "")(m) == 0.375)
    #expect(ClassMean(.iou, over: [3, 0], named: "")(m) == 6 / 9.0)
    #expect(ClassMean(.iou, over: [4, 0], named: "")(m) == 3 / 9.0)
  }

  @Test func nothingCountedMeansNothingDefined() {
    let empty = ConfusionMatrix(classes: 3)
    #expect(
      (0..<3).allSatisfy {
        empty.score(.accuracy, of: $0) == nil && empty.score(.iou, of: $0) == nil
      })
    #expect(
      (0..<3).allSatisfy {
        empty.score(.precision, of: $0) == nil && empty.score(.dice, of: $0) == nil
      })
    #expect(empty.pixelAccuracy == nil)
    #expect(empty.meanAccuracy == nil)
    #expect(empty.meanIoU == nil)
    #expect(ClassMean(.accuracy, over: [3, 4], named: "")(Self.matrix) == nil)
    #expect(ClassMean(.iou, over: [3], named: "")(Self.matrix) == nil)
    #expect(ClassMean(.iou, over: [], named: "")(Self.matrix) == nil)
  }

  @Test func perfectPredictionScoresOne() {
    let m = ConfusionMatrix(classes: 2, counts: [5, 0, 0, 1])
    #expect([m.meanAccuracy, m.meanIoU, m.pixelAccuracy, m.score(.dice, of: 1)] == [1, 1, 1, 1])
  }
}
