import Tensors

/// A network of any architecture on any backbone, so that which one is trained is data.
package struct SegmentationNetwork: Layer {
  /// The saved values of the network inside, whose type only it knows, waiting for the gradient.
  package struct Saved {
    fileprivate let backward: (consuming Tensor, BackwardPass) -> Tensor

    fileprivate init<Network: Layer>(_ network: Network, _ saved: consuming Network.Saved) {
      let once = Once(consume saved)
      backward = { dy, pass in network.backward(consume dy, once.take(), pass) }
    }
  }
  private let network: any Layer

  package init(_ network: some Layer) { self.network = network }

  package var parameters: [Parameter] { network.parameters }
  package var buffers: [Buffer] { network.buffers }

  /// Images [N, H, W, 3], normalized, to logits [N, H, W, classes].
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    func forward<Network: Layer>(
      _ network: Network, _ context: inout PassContext
    ) -> (Tensor, Saved?) {
      let (y, saved) = network.forward(x, &context)
      return (y, saved.map { Saved(network, $0) })
    }
    return forward(network, &context)
  }

  /// The image's gradient is not computed: the result is empty.
  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    saved.backward(consume dy, pass)
  }
}
