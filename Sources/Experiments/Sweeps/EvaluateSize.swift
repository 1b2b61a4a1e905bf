import Datasets
import Files

/// `evaluate_size` of a data set in a sweep file.
enum EvaluateSize: Hashable, Sendable {
  /// The network gets images of the training size, or whole files where training uses crops; its logits
  /// are resized to the size of the label file.
  case files
  /// Images and labels are resized to the training size.
  case input
  /// Images and labels are resized to this size, in pixels.
  case extent(height: Int, width: Int)
}

extension Sweep.Entry {
  /// The size at which runs of this entry are scored.
  func scoredSize(_ dataset: DatasetDescriptor) -> ScoredSize? {
    switch evaluateSize {
    case .files: .files
    case .input, .extent: nil
    case nil: data.source == .rendered ? nil : dataset.scoredSize
    }
  }

  /// - Throws: `UserError` if this program does not know the data set.
  func scoredSize() throws(UserError) -> ScoredSize? { scoredSize(try data.descriptor) }
}

extension YAMLValue {
  /// Reads `files`, `input` or `[height, width]`.
  func evaluateSize() throws(UserError) -> EvaluateSize {
    guard case .scalar(let scalar) = node else {
      let (height, width) = try extent()
      return .extent(height: height, width: width)
    }
    switch scalar.string {
    case "files": return .files
    case "input": return .input
    default: throw mismatch("files, input, or [height, width] in pixels")
    }
  }
}
