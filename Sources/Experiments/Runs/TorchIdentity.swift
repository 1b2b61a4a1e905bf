/// The part of a run's configuration that identifies a loss written in PyTorch.
package struct TorchIdentity: Codable, Hashable, Sendable {
  /// The name of the callable in its file.
  package var name: String
  /// The SHA-256 of the file, 64 hexadecimal digits: a changed file is a different loss. Files that
  /// it imports are not included.
  package var sha256: String

  package init(name: String, sha256: String) { (self.name, self.sha256) = (name, sha256) }

  /// The name of the loss in tables and configurations.
  package var notation: String { "torch:\(name)" }
}
