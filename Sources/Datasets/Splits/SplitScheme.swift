/// How a data set's images are divided into training, validation and test.
package enum SplitScheme: String, Codable, Hashable, Sendable, CaseIterable {
  /// As the data set's makers publish it.
  case official
  /// SYNTHIA, as in the paper: per view, 70/10/20 percent after a seeded shuffle of sorted names.
  /// Neighboring video frames land in different splits.
  case shuffled
  /// SYNTHIA: per view, 70/10/20 percent of consecutive frames, so that neighbors stay together.
  case blocked
}
