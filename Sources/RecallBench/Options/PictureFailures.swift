import Files
import Report

/// What kept a report from having pictures. The rest is written first; then the command fails, unless
/// they were of photographs.
struct PictureFailures {
  private var first: UserError?

  mutating func add(_ failure: PictureFailure) {
    if failure.isOfRealData || first != nil { failure.warn() } else { first = failure.error }
  }

  func check() throws(UserError) {
    if let first { throw first }
  }
}
