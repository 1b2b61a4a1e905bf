/// What a run's configuration says of a loss written in PyTorch.
package struct TorchIdentity: Codable, Hashable, Sendable {
  /// Of the callable in its file.
  package var name: String
  /// Of the file, 64 hexadecimal digits: with another text it is another loss. Files that it
  /// imports are not looked at.
  package var sha256: String

  package init(name: String, sha256: String) { (self.name, self.sha256) = (name, sha256) }

  /// As tables and configurations name the loss.
  package var notation: String { "torch:\(name)" }
}
