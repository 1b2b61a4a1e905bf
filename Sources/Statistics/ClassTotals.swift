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

/// A figure of merit, in 0...1. Undefined ones are nil, and take no part in means (docs/policy.md).
package enum Score: Hashable, Sendable {
  case meanAccuracy, meanIoU
  case accuracy(class: Int), iou(class: Int)

  package func callAsFunction(_ totals: ClassTotals) -> Double? {
    func accuracy(_ c: Int) -> Double? { quotient(totals.truePositives[c], totals.labelled[c]) }
    func iou(_ c: Int) -> Double? {
      let hits = totals.truePositives[c]
      return quotient(hits, totals.labelled[c] + totals.predicted[c] - hits)
    }
    func mean(_ score: (Int) -> Double?) -> Double? {
      let defined = totals.labelled.indices.compactMap(score)
      return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
    }
    return switch self {
    case .meanAccuracy: mean(accuracy)
    case .meanIoU: mean(iou)
    case .accuracy(let c): accuracy(c)
    case .iou(let c): iou(c)
    }
  }

  private func quotient(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }
}
