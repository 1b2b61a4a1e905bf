import Metrics

/// The scores of one class, or of the mean over classes, as score files store them: every metric
/// under each of its names.
struct ClassScores: Hashable, Sendable, Encodable {
  /// Metric names in column order.
  static let names = Metric.named.map(\.name)
  /// Values in the order of `names`; nil where undefined.
  let values: [Double?]

  /// Computes the scores of a class that is scored.
  init(_ outcomes: ClassOutcomes) { values = Metric.named.map { $0.metric(outcomes) } }

  init(meanOf confusion: ConfusionMatrix) {
    values = Metric.named.map { $0.metric.mean(confusion) }
  }

  func encode(to encoder: any Encoder) throws {
    try Dictionary(uniqueKeysWithValues: zip(Self.names, values)).encode(to: encoder)
  }
}
