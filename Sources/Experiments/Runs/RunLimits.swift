/// What the values of a run's configuration may be, in sweep files, in options and in stored runs.
package enum RunLimits {
  package static let iterations = 1...100_000_000
  package static let batch = 2...4096
  /// Above 0.
  package static let learningRate = 10.0
  /// Of images, in pixels.
  package static let extent = 16...4096
  /// Numbers of images of a split.
  package static let images = 1...100_000_000
  /// Numbers of rendered images of a split.
  package static let rendered = 1...1_000_000
  package static let scale = 0.05...20
  /// Bytes of a loss, whose parts are checked when it is made.
  static let notation = 1...4000
}
