import Metrics

/// The fractions that tables show, of one confusion matrix; nil where undefined.
struct Scores {
  /// By training id. TP / (TP + FN); nil for a class without true pixels.
  let accuracy: [Double?]
  /// By training id. TP / (TP + FP + FN); nil for a class neither present nor predicted.
  let iou: [Double?]
  /// Over the classes for which it is defined.
  let meanAccuracy: Double?
  let meanIoU: Double?
  let pixelAccuracy: Double?

  init(_ matrix: ConfusionMatrix) {
    accuracy = (0..<matrix.classes).map { matrix.accuracy(of: $0) }
    iou = (0..<matrix.classes).map { matrix.iou(of: $0) }
    meanAccuracy = matrix.meanAccuracy
    meanIoU = matrix.meanIoU
    pixelAccuracy = matrix.pixelAccuracy
  }
}

/// A quantity of each class.
enum Metric: String, CaseIterable {
  case accuracy, iou

  var title: String { self == .accuracy ? "Accuracy" : "IoU" }

  func perClass(_ scores: Scores) -> [Double?] {
    self == .accuracy ? scores.accuracy : scores.iou
  }

  func mean(_ scores: Scores) -> Double? {
    self == .accuracy ? scores.meanAccuracy : scores.meanIoU
  }
}
