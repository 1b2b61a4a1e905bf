import Tensors

/// A network of any architecture on any backbone, so that which one is trained is data.
package struct SegmentationNetwork: Layer {
  /// The saved values of the network inside, whose type only it knows, waiting for the gradient.
  package struct Saved {
    fileprivate let backward: (consuming Tensor, BackwardPass) -> Tensor

    fileprivate init<Network: EnlargingNetwork>(
      _ network: Network, _ saved: consuming Network.Saved
    ) {
      let once = Once(consume saved)
      backward = { dy, pass in network.backward(consume dy, once.take(), pass) }
    }

    /// For the gradient of all ranks' logits.
    fileprivate init<Network: EnlargingNetwork>(
      _ network: Network, partOf ranks: any Communicator, _ saved: consuming Network.Saved
    ) {
      let once = Once(consume saved)
      backward = { dy, pass in
        let part = dy.part(of: ranks, pass.compute)
        _ = consume dy
        return network.backward(part, once.take(), pass)
      }
    }
  }
  private let network: any EnlargingNetwork

  package init(_ network: some EnlargingNetwork) { self.network = network }

  package var parameters: [Parameter] { network.parameters }
  package var buffers: [Buffer] { network.buffers }

  /// Images [N, H, W, 3], normalized, to logits [N, H, W, classes]. In training on R ranks, this rank's
  /// images to the logits of all ranks' images, [R N, H, W, classes], the same bits on each.
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    func forward<Network: EnlargingNetwork>(
      _ network: Network, _ context: inout PassContext
    ) -> (Tensor, Saved?) {
      guard let ranks = context.ranks else {
        let (y, saved) = network.forward(x, &context)
        return (y, saved.map { Saved(network, $0) })
      }
      let (y, saved) = network.forward(x, joinedOver: ranks, &context)
      return (y, saved.map { Saved(network, partOf: ranks, $0) })
    }
    return forward(network, &context)
  }

  /// The image's gradient is not computed: the result is empty.
  /// - Parameter dy: of the shape of `forward`'s output.
  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    saved.backward(consume dy, pass)
  }
}
