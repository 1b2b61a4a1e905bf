import Metrics

/// Pixels by class (correct, labeled and predicted) of an image, a set of images, or images drawn
/// with replacement.
package struct ClassTotals: Hashable, Sendable, ClassCounts {
  package var truePositives: [Int]
  /// TP + FN.
  package var labeled: [Int]
  /// TP + FP.
  package var predicted: [Int]

  package init(classes: Int) {
    let none = [Int](repeating: 0, count: classes)
    (truePositives, labeled, predicted) = (none, none, none)
  }

  package init(_ matrix: ConfusionMatrix) {
    let classes = 0..<matrix.classes
    truePositives = classes.map { matrix[truth: $0, prediction: $0] }
    labeled = classes.map { matrix.truePixels(of: $0) }
    predicted = classes.map { matrix.predictedPixels(of: $0) }
  }

  package var classes: Int { labeled.count }

  package func outcomes(of c: Int) -> ClassOutcomes? {
    ClassOutcomes(
      truePositives: truePositives[c], falsePositives: predicted[c] - truePositives[c],
      falseNegatives: labeled[c] - truePositives[c])
  }

  mutating func add(_ other: ClassTotals) {
    for c in truePositives.indices {
      truePositives[c] += other.truePositives[c]
      labeled[c] += other.labeled[c]
      predicted[c] += other.predicted[c]
    }
  }
}
