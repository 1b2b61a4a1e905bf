import Metrics

/// What files of scores hold of a class, or of the mean over classes: every metric under each of its
/// names.
struct ClassScores: Hashable, Sendable, Encodable {
  /// In the order of columns.
  static let names = Metric.named.map(\.name)
  /// In the order of `names`; nil where undefined.
  let values: [Double?]

  /// Of a class that is scored.
  init(_ outcomes: ClassOutcomes) { values = Metric.named.map { $0.metric(outcomes) } }

  init(meanOf confusion: ConfusionMatrix) {
    values = Metric.named.map { $0.metric.mean(confusion) }
  }

  func encode(to encoder: any Encoder) throws {
    try Dictionary(uniqueKeysWithValues: zip(Self.names, values)).encode(to: encoder)
  }
}
