/// The size at which predictions are compared with labels, where it is not that of the network's input.
package enum ScoredSize: String, Codable, Hashable, Sendable, CaseIterable {
  /// That of each label file: logits are resized bilinearly to it, and labels are never resized, as
  /// Cityscapes' official evaluation requires.
  case files
}
