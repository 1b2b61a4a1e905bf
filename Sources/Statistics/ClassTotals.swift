import Metrics

/// Pixels by class: right ones, labelled ones and predicted ones, of an image, of a set of images, or
/// of images drawn with replacement.
package struct ClassTotals: Hashable, Sendable {
  package var truePositives: [Int]
  /// TP + FN.
  package var labelled: [Int]
  /// TP + FP.
  package var predicted: [Int]

  package init(classes: Int) {
    let none = [Int](repeating: 0, count: classes)
    (truePositives, labelled, predicted) = (none, none, none)
  }

  package init(_ matrix: ConfusionMatrix) {
    let classes = 0..<matrix.classes
    truePositives = classes.map { matrix[truth: $0, prediction: $0] }
    labelled = classes.map { matrix.truePixels(of: $0) }
    predicted = classes.map { matrix.predictedPixels(of: $0) }
  }

  /// Adds `times` times the other's pixels.
  mutating func add(_ other: ClassTotals, times: Int) {
    for c in truePositives.indices {
      truePositives[c] += times * other.truePositives[c]
      labelled[c] += times * other.labelled[c]
      predicted[c] += times * other.predicted[c]
    }
  }
}

/// A figure of merit, in 0...1: a mean over classes. Undefined ones are nil, and take no part in means
/// (docs/policy.md).
package enum Score: Hashable, Sendable {
  /// TP / (TP + FN); nil for the classes: all.
  case accuracy(of: [Int]? = nil)
  /// TP / (TP + FP + FN); nil for the classes: all.
  case iou(of: [Int]? = nil)

  package static let meanAccuracy = Score.accuracy()
  package static let meanIoU = Score.iou()

  package func callAsFunction(_ totals: ClassTotals) -> Double? {
    func quotient(_ c: Int) -> Double? {
      let hits = totals.truePositives[c]
      let whole =
        switch self {
        case .accuracy: totals.labelled[c]
        case .iou: totals.labelled[c] + totals.predicted[c] - hits
        }
      return whole == 0 ? nil : Double(hits) / Double(whole)
    }
    let defined = (classes ?? Array(totals.labelled.indices)).compactMap(quotient)
    return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
  }

  private var classes: [Int]? {
    switch self {
    case .accuracy(let classes), .iou(let classes): classes
    }
  }
}
