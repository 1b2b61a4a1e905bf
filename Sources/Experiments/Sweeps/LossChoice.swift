import Files
import Foundation

/// A loss as users write it in sweep files and options: one of the registry, such as
/// `focal(gamma: 2)`, or one written in PyTorch, such as `my_losses.py:MyLoss(alpha=0.3)`.
package enum LossChoice: Hashable, Sendable {
  /// In normalized notation.
  case registered(String)
  case torch(TorchLossFile)

  /// - Parameter folder: the folder that the path of a Python file starts from; nil for the current
  ///   one.
  /// - Throws: `UserError` for a loss that does not exist, saying what is allowed.
  package init(_ text: String, relativeTo folder: URL? = nil) throws(UserError) {
    self =
      TorchLossFile.isSpecification(text)
      ? .torch(try TorchLossFile(expandingHome(text), relativeTo: folder))
      : .registered(try normalizedLoss(text))
  }

  /// As configurations name it.
  package var notation: String {
    switch self {
    case .registered(let notation): notation
    case .torch(let file): file.notation
    }
  }

  package var torch: TorchLossFile? {
    if case .torch(let file) = self { file } else { nil }
  }
}

extension [LossChoice] {
  /// Those written in PyTorch, by notation.
  /// - Throws: `UserError` if two files have a loss of the same notation, which runs could not tell
  ///   apart.
  var torchFiles: [String: TorchLossFile] {
    get throws(UserError) {
      var files: [String: TorchLossFile] = [:]
      for file in compactMap(\.torch) {
        if let other = files.updateValue(file, forKey: file.notation), other.url != file.url {
          throw UserError(
            "\(other.url.relativePath) and \(file.url.relativePath) both have a loss "
              + "\(file.identity.title); give one of them another name")
        }
      }
      return files
    }
  }
}
