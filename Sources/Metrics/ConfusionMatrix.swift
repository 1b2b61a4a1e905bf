import Tensors

/// Pixel counts by true class (row) and predicted class (column).
///
/// There are two ways to leave pixels out of the scores. Over training ids, pixels labeled
/// `LabelMap.ignored` are not counted at all. Over a data set's own ids, every pixel is counted,
/// and the ids in `ignored` are left out of all scores as true classes; predicted on a scored
/// pixel, they are a false negative of its class like any other.
package struct ConfusionMatrix: Hashable, Sendable {
  /// Ids are below this.
  package let classes: Int
  /// Ids that are not scored classes; their rows are kept but do not enter any score.
  package let ignored: Set<Int>
  /// Row-major, `classes * classes`.
  package private(set) var counts: [Int]

  package init(classes: Int, ignored: Set<Int> = []) {
    self.init(
      classes: classes, ignored: ignored,
      counts: [Int](repeating: 0, count: classes * classes))
  }

  /// Traps if the number of counts is not `classes * classes`.
  package init(classes: Int, ignored: Set<Int> = [], counts: [Int]) {
    precondition(counts.count == classes * classes)
    (self.classes, self.ignored, self.counts) = (classes, ignored, counts)
  }

  /// The classes that are scored, ascending.
  package var scored: [Int] { (0..<classes).filter { !ignored.contains($0) } }

  package subscript(truth truth: Int, prediction prediction: Int) -> Int {
    counts[truth * classes + prediction]
  }

  /// Counts one image's pixels; those that are `LabelMap.ignored` in `truth` are skipped.
  ///
  /// - Throws: `ConfusionMatrixError`, with the matrix unchanged, if the two differ in length or if
  ///   an id of a pixel that counts is not below `classes` (a void prediction included).
  package mutating func add(
    truth: some Collection<UInt8>, prediction: some Collection<UInt8>
  ) throws(ConfusionMatrixError) {
    let (truth, prediction) = (Array(truth), Array(prediction))
    guard truth.count == prediction.count else {
      throw .extent(truth: truth.count, prediction: prediction.count)
    }
    // All ids first: a table of 256 x 256 needs no check inside the loop.
    var table = [Int](repeating: 0, count: 1 << 16)
    for i in truth.indices { table[Int(truth[i]) << 8 | Int(prediction[i])] &+= 1 }
    for i in table.indices where table[i] > 0 && i >> 8 != Int(LabelMap.ignored) {
      guard i >> 8 < classes else { throw .truth(id: UInt8(i >> 8), classes: classes) }
      guard i & 255 < classes else { throw .prediction(id: UInt8(i & 255), classes: classes) }
    }
    for t in 0..<classes where t != Int(LabelMap.ignored) {
      for p in 0..<classes { counts[t * classes + p] += table[t << 8 | p] }
    }
  }

  /// The counts of both; traps if their classes or ignored ids differ.
  package static func + (a: ConfusionMatrix, b: ConfusionMatrix) -> ConfusionMatrix {
    precondition(a.classes == b.classes && a.ignored == b.ignored)
    return ConfusionMatrix(
      classes: a.classes, ignored: a.ignored, counts: zip(a.counts, b.counts).map { $0 + $1 })
  }
}

/// Why an image cannot be counted.
package enum ConfusionMatrixError: Error, Hashable, CustomStringConvertible {
  case extent(truth: Int, prediction: Int)
  case truth(id: UInt8, classes: Int)
  case prediction(id: UInt8, classes: Int)

  /// One line.
  package var description: String {
    switch self {
    case .extent(let truth, let prediction):
      "\(truth) labeled pixels, but \(prediction) predicted ones"
    case .truth(let id, let classes):
      "a label has the class id \(id), but there are only \(classes) classes"
    case .prediction(let id, let classes):
      "a prediction has the class id \(id), but there are only \(classes) classes"
    }
  }
}
