import Checkpoints
import Files
import Foundation
import Models

/// The SHA-256 of a network's tensors, by which the Python program knows that it has drawn the same: of
/// their values as little-endian floats in PyTorch's layout, one tensor after the other by name.
func initialWeightsDigest(_ tensors: [NamedArray]) -> String {
  var hash = SHA256()
  for tensor in tensors.sorted(by: { $0.name < $1.name }) {
    hash.update(tensor.values.withUnsafeBytes { Data($0) })
  }
  return hash.hexDigest()
}

extension PretrainedWeights {
  /// Loads the weights into a network, which keeps its random values where the configuration allows it.
  /// - Returns: the network's tensors that were taken from the file.
  func tensors(
    loadedInto network: SegmentationNetwork, partial: Bool
  ) throws(UserError) -> [NamedArray] {
    let kept = Set(try load(into: network, partial: partial).untouched)
    return network.stateDict().filter { !kept.contains($0.name) }
  }
}
