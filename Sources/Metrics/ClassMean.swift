/// Anything that knows the outcomes of each class: a confusion matrix, or totals by class.
package protocol ClassCounts {
  /// Ids are below this.
  var classes: Int { get }
  /// nil for an id that is not scored.
  func outcomes(of c: Int) -> ClassOutcomes?
}

/// A metric averaged over all classes or some of them, such as the minority classes.
package struct ClassMean: Hashable, Sendable {
  package let metric: Metric
  /// nil: all classes.
  package let classes: [Int]?
  /// The title for readers, such as `mean IoU` or `IoU of the minority`.
  package let title: String

  package static let meanAccuracy = ClassMean(.accuracy)
  package static let meanIoU = ClassMean(.iou)

  /// Over all classes.
  package init(_ metric: Metric) {
    (self.metric, classes, title) = (metric, nil, "mean \(metric.title)")
  }

  /// Over some classes.
  /// - Parameter name: what they are called, such as `the minority`.
  package init(_ metric: Metric, over classes: [Int], named name: String) {
    (self.metric, self.classes, title) = (metric, classes, "\(metric.title) of \(name)")
  }

  /// The mean over those classes for which the metric is defined; nil if there are none.
  package func callAsFunction(_ counts: some ClassCounts) -> Double? {
    guard let classes else { return mean(metric.perClass(counts)) }
    return mean(classes.map { counts.outcomes(of: $0).flatMap { metric($0) } })
  }
}

/// The mean of the values that are defined; nil if none is.
package func mean(_ values: some Sequence<Double?>) -> Double? {
  let defined = values.compactMap { $0 }
  return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
}
