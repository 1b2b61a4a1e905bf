/// Scores as fractions in 0...1. TP, FN and FP of class c are the diagonal element, the rest of row c
/// and the rest of column c.
///
/// A score whose denominator is 0 is undefined, nil: accuracy where the class has no true pixel,
/// precision where it is never predicted, IoU and Dice where neither. A mean leaves undefined
/// scores out, as the official Cityscapes evaluation does for IoU, and is nil if nothing is left.
extension ConfusionMatrix {
  /// Pixels of class c: TP + FN.
  package func truePixels(of c: Int) -> Int {
    (0..<classes).reduce(0) { $0 + self[truth: c, prediction: $1] }
  }

  /// Pixels predicted as class c: TP + FP.
  package func predictedPixels(of c: Int) -> Int {
    (0..<classes).reduce(0) { $0 + self[truth: $1, prediction: c] }
  }

  /// Pixels counted.
  package var pixels: Int { counts.reduce(0, +) }

  /// TP / (TP + FN), the class's recall.
  package func accuracy(of c: Int) -> Double? {
    Self.quotient(self[truth: c, prediction: c], truePixels(of: c))
  }

  /// TP / (TP + FP).
  package func precision(of c: Int) -> Double? {
    Self.quotient(self[truth: c, prediction: c], predictedPixels(of: c))
  }

  /// TP / (TP + FP + FN).
  package func iou(of c: Int) -> Double? {
    let hits = self[truth: c, prediction: c]
    return Self.quotient(hits, truePixels(of: c) + predictedPixels(of: c) - hits)
  }

  /// 2 TP / (2 TP + FP + FN), the class's F1.
  package func dice(of c: Int) -> Double? {
    Self.quotient(2 * self[truth: c, prediction: c], truePixels(of: c) + predictedPixels(of: c))
  }

  /// Correct pixels / all pixels.
  package var pixelAccuracy: Double? {
    Self.quotient((0..<classes).reduce(0) { $0 + self[truth: $1, prediction: $1] }, pixels)
  }

  /// Over all classes.
  package var meanAccuracy: Double? { meanAccuracy(over: 0..<classes) }
  /// Over all classes.
  package var meanIoU: Double? { meanIoU(over: 0..<classes) }

  /// Over some classes, such as the minority ones.
  package func meanAccuracy(over subset: some Sequence<Int>) -> Double? {
    Self.mean(subset.map(accuracy(of:)))
  }

  /// Over some classes, such as the minority ones.
  package func meanIoU(over subset: some Sequence<Int>) -> Double? {
    Self.mean(subset.map(iou(of:)))
  }

  /// The mean of those that are defined, nil if none is.
  package static func mean(_ scores: some Sequence<Double?>) -> Double? {
    let defined = scores.compactMap { $0 }
    return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
  }

  private static func quotient(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }
}
