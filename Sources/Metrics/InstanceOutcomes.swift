/// The instance-level outcomes of a class, each instance weighted by the class's average instance
/// size over its own, so that a small instance counts as much as a large one (Cordts et al., CVPR
/// 2016, section 4.1, iIoU).
///
/// Sums are taken in the order of `add`; another order may differ in the last bit.
package struct InstanceOutcomes: Hashable, Sendable {
  /// Weighted pixels.
  package private(set) var truePositives = 0.0
  package private(set) var falseNegatives = 0.0

  package init() {}

  /// - Parameters:
  ///   - hits: the instance's pixels that were predicted correctly.
  ///   - size: all of its pixels, at least 1.
  ///   - averageSize: the average size of the class's instances in the training set, in pixels.
  package mutating func add(hits: Int, of size: Int, averageSize: Double) {
    precondition(size > 0 && (0...size).contains(hits))
    let weight = averageSize / Double(size)
    truePositives += Double(hits) * weight
    falseNegatives += Double(size - hits) * weight
  }

  /// iTP / (iTP + FP + iFN). False positives belong to no instance, so they are plain pixels.
  /// nil where the denominator is 0.
  package func iou(falsePositives: Int) -> Double? {
    let whole = truePositives + Double(falsePositives) + falseNegatives
    return whole == 0 ? nil : truePositives / whole
  }
}
