/// How a training image is transformed before it is fed to the network.
package enum Augmentation: String, Codable, Hashable, Sendable, CaseIterable {
  /// Resize to the training size.
  case none
  /// Resize to the training size, with a random horizontal flip (probability 1/2).
  case flip
  /// The authors' Cityscapes recipe: color jitter 0.5, horizontal flip, scale from
  /// {0.75, 1, 1.25, 1.5, 1.75, 2}, a random crop of the training size.
  case cityscapes
}
