import Tensors

/// What a segmentation network needs of its backbone: features at a coarse stride, and low-level
/// features before them at a finer one.
package protocol BackboneNetwork: Layer {
  /// Channels of the features.
  var outputChannels: Int { get }
  /// Pixels of the image from one feature to the next; extents are rounded up.
  var outputStride: Int { get }
  /// Channels of the low-level features.
  var lowLevelChannels: Int { get }
  var lowLevelStride: Int { get }

  /// `forward` that also returns the low-level features,
  /// [N, H / lowLevelStride, W / lowLevelStride, lowLevelChannels].
  func forwardWithLowLevel(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, lowLevel: Tensor, saved: Saved?)

  /// - Parameters:
  ///   - dy: gradient of the features.
  ///   - lowLevel: gradient of the low-level features, where someone else used them too.
  func backward(
    _ dy: consuming Tensor, lowLevel: consuming Tensor?, _ saved: consuming Saved,
    _ pass: BackwardPass
  ) -> Tensor
}

extension BackboneNetwork {
  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    backward(consume dy, lowLevel: nil, consume saved, pass)
  }
}

// MARK: For networks that stand on any backbone

/// The saved values of a backbone, whose type only it knows, waiting for the gradients.
package struct SavedFeatures {
  let backward: (_ dy: consuming Tensor, _ lowLevel: consuming Tensor?, BackwardPass) -> Tensor

  fileprivate init<Network: BackboneNetwork>(
    _ network: Network, _ saved: consuming Network.Saved
  ) {
    let once = Once(consume saved)
    backward = { dy, lowLevel, pass in
      network.backward(consume dy, lowLevel: consume lowLevel, once.take(), pass)
    }
  }
}

extension BackboneNetwork {
  func features(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: SavedFeatures?) {
    let (y, saved) = forward(x, &context)
    return (y, saved.map { SavedFeatures(self, $0) })
  }

  func featuresWithLowLevel(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, lowLevel: Tensor, saved: SavedFeatures?) {
    let (y, lowLevel, saved) = forwardWithLowLevel(x, &context)
    return (y, lowLevel, saved.map { SavedFeatures(self, $0) })
  }
}
