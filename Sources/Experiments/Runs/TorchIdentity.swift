/// The part of a run's configuration that identifies a loss written in PyTorch.
package struct TorchIdentity: Codable, Hashable, Sendable {
  /// The name of the callable in its file.
  package var name: String
  /// The SHA-256 of the file, 64 hexadecimal digits: a changed file is a different loss. Files that
  /// it imports are not included.
  package var sha256: String
  /// The parameters that it is given, in normal form, such as `alpha=0.3, beta=0.7`; nil for none,
  /// so that runs without any keep their digests.
  package var arguments: String?

  package init(name: String, sha256: String, arguments: String? = nil) {
    (self.name, self.sha256, self.arguments) = (name, sha256, arguments)
  }

  /// The name of the loss in configurations and folders, such as `torch:Tversky(alpha=0.3)`.
  package var notation: String { "\(Self.prefix)\(title)" }

  /// The name of the loss as its author wrote it, such as `Tversky(alpha=0.3)`.
  package var title: String { name + (arguments.map { "(\($0))" } ?? "") }

  /// The name with what tells versions of the file apart, such as `dice@1a6226cf`.
  package var version: String { title + versionMark }

  /// `@` and the first eight digits of the file's digest.
  package var versionMark: String { "@\(sha256.prefix(8))" }

  /// What distinguishes the notation from those of built-in losses.
  package static let prefix = "torch:"
}
