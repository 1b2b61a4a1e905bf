import Tensors

/// A segmentation network that ends with small logits, which are enlarged bilinearly to the images' size.
/// Ranks that train together give each other the small ones.
package protocol EnlargingNetwork: Layer where Saved: SavedSmallLogits {
  /// Images [N, H, W, 3], normalized, to logits [N, h, w, classes] of any smaller extent.
  func smallLogits(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?)

  /// The image's gradient is not computed: the result is empty.
  /// - Parameter dy: gradient of the small logits.
  func backward(
    small dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor
}

package protocol SavedSmallLogits {
  /// The extent before they are enlarged.
  var logits: Shape { get }
}

extension EnlargingNetwork {
  private var resize: BilinearResize { BilinearResize() }

  /// Images [N, H, W, 3], normalized, to logits [N, H, W, classes].
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    let (y, saved) = smallLogits(x, &context)
    return (resize.forward(y, height: x.shape.h, width: x.shape.w, context.compute), saved)
  }

  /// This rank's images [N, H, W, 3] to the logits of all R ranks' images, [R N, H, W, classes].
  func forward(
    _ x: Tensor, joinedOver ranks: any Communicator, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    let (part, saved) = smallLogits(x, &context)
    let y = ranks.gathered(part, context.compute)
    return (resize.forward(y, height: x.shape.h, width: x.shape.w, context.compute), saved)
  }

  /// The image's gradient is not computed: the result is empty.
  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    let small = resize.backward(dy, input: saved.logits, pass.compute)
    _ = consume dy
    return backward(small: small, consume saved, pass)
  }
}
