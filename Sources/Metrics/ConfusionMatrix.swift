import Tensors

/// Pixel counts by true class (row) and predicted class (column), ignored pixels left out.
package struct ConfusionMatrix: Hashable, Sendable {
  package let classes: Int
  /// Row-major, `classes * classes`.
  package private(set) var counts: [Int]

  package init(classes: Int) {
    self.classes = classes
    counts = [Int](repeating: 0, count: classes * classes)
  }

  /// Traps if the number of counts is not `classes * classes`.
  package init(classes: Int, counts: [Int]) {
    precondition(counts.count == classes * classes)
    (self.classes, self.counts) = (classes, counts)
  }

  package subscript(truth truth: Int, prediction prediction: Int) -> Int {
    counts[truth * classes + prediction]
  }

  /// Counts one image's pixels; ids that are `LabelMap.ignored` in `truth` are skipped.
  package mutating func add(truth: some Sequence<UInt8>, prediction: some Sequence<UInt8>) {
    for (t, p) in zip(truth, prediction) where t != LabelMap.ignored {
      counts[Int(t) * classes + Int(p)] += 1
    }
  }

  package static func + (a: ConfusionMatrix, b: ConfusionMatrix) -> ConfusionMatrix {
    precondition(a.classes == b.classes)
    return ConfusionMatrix(classes: a.classes, counts: zip(a.counts, b.counts).map { $0 + $1 })
  }
}
