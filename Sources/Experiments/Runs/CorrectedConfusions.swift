import Files
import Foundation
import Metrics

/// Confusion matrices of the same evaluated images under prior correction of several strengths.
package struct CorrectedConfusions: Hashable, Sendable {
  /// The strengths, ascending, each from 0 to 1; see `PriorCorrection`.
  package let taus: [Double]
  /// The matrices of each strength, one after the other; 32-bit counts take half the memory of
  /// `ConfusionMatrix` values, and most runs' are never asked for.
  private let counts: [[Int32]]
  private let classes: Int

  /// - Parameter matrices: for each strength, one matrix for each image.
  /// - Throws: `UserError` if an image has more than 2^31 - 1 pixels in one cell.
  package init(taus: [Double], _ matrices: [[ConfusionMatrix]]) throws(UserError) {
    precondition(taus.count == matrices.count)
    self.taus = taus
    classes = matrices.first?.first?.classes ?? 0
    var counts: [[Int32]] = []
    for images in matrices { counts.append(try int32Counts(images)) }
    self.counts = counts
  }

  private init(taus: [Double], classes: Int, counts: [[Int32]]) {
    (self.taus, self.classes, self.counts) = (taus, classes, counts)
  }

  /// The matrices of one strength, one for each image; nil if it was not evaluated.
  package func matrices(tau: Double) -> [ConfusionMatrix]? {
    guard let index = taus.firstIndex(where: { abs($0 - tau) < 1e-9 }) else { return nil }
    let (values, size) = (counts[index], classes * classes)
    return stride(from: 0, to: values.count, by: size).map {
      ConfusionMatrix(classes: classes, counts: values[$0..<$0 + size].map(Int.init))
    }
  }

  /// Encodes int32 [strengths, images, classes, classes] as differences from the strength before,
  /// and the first from the uncorrected matrices. Few pixels change from one to the next, so that
  /// the file compresses to a fraction; `np.cumsum` over the first axis and `confusions` added give
  /// the matrices.
  func encoded(plain: [ConfusionMatrix], of url: URL) throws(UserError) -> Data {
    var (before, values) = (try int32Counts(plain), [Int32]())
    for counts in counts {
      values += zip(counts, before).map { $0 - $1 }
      before = counts
    }
    return try NumPy.encode(
      values, shape: [taus.count, plain.count, classes, classes], isColumnMajor: true, of: url)
  }

  /// Decodes what `encoded` returns.
  /// - Throws: `UserError` if the array does not fit the run, naming the file.
  init(taus: [Double], decoding data: Data, plain: [ConfusionMatrix], of url: URL) throws {
    let (shape, values) = try NumPy.decode(data, as: Int32.self, of: url)
    let classes = plain.first?.classes ?? 0
    let size = plain.count * classes * classes
    var (before, counts) = (try int32Counts(plain), [[Int32]]())
    guard shape == [taus.count, plain.count, classes, classes] else {
      throw UserError(
        path: url.path, problem: "contains corrected confusion matrices of invalid shape \(shape)")
    }
    for start in stride(from: 0, to: values.count, by: max(1, size)) {
      before = zip(before, values[start..<start + size]).map { $0 &+ $1 }
      guard before.allSatisfy({ $0 >= 0 }) else {
        throw UserError(path: url.path, problem: "contains a negative number of pixels")
      }
      counts.append(before)
    }
    self.init(taus: taus, classes: classes, counts: counts)
  }
}

/// The counts of all matrices, one after the other.
/// - Throws: `UserError` if a count does not fit 32 bits.
func int32Counts(_ matrices: [ConfusionMatrix]) throws(UserError) -> [Int32] {
  var values: [Int32] = []
  values.reserveCapacity(matrices.reduce(0) { $0 + $1.counts.count })
  for count in matrices.lazy.flatMap(\.counts) {
    guard let value = Int32(exactly: count) else {
      throw UserError(
        "an image with \(count) pixels in one cell of its confusion matrix is too large")
    }
    values.append(value)
  }
  return values
}
