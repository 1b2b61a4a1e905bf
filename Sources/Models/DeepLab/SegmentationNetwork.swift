import Tensors

/// Either architecture, so that which one is trained is data.
package enum SegmentationNetwork: Layer {
  package enum Saved {
    case deepLabV3(DeepLabV3.Saved)
    case deepLabV3Plus(DeepLabV3Plus.Saved)
  }
  case deepLabV3(DeepLabV3)
  case deepLabV3Plus(DeepLabV3Plus)

  package var backbone: ResNet {
    switch self {
    case .deepLabV3(let network): network.backbone
    case .deepLabV3Plus(let network): network.backbone
    }
  }

  package var parameters: [Parameter] {
    switch self {
    case .deepLabV3(let network): network.parameters
    case .deepLabV3Plus(let network): network.parameters
    }
  }

  package var state: [StateArray] {
    switch self {
    case .deepLabV3(let network): network.state
    case .deepLabV3Plus(let network): network.state
    }
  }

  /// Images [N, H, W, 3], normalised, to logits [N, H, W, classes].
  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved?) {
    switch self {
    case .deepLabV3(let network):
      let (y, saved) = network.forward(x, &context)
      return (y, saved.map { .deepLabV3($0) })
    case .deepLabV3Plus(let network):
      let (y, saved) = network.forward(x, &context)
      return (y, saved.map { .deepLabV3Plus($0) })
    }
  }

  /// The image's gradient is not computed: the result is empty.
  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    // One case at a time: a pair of both would hold on to the saved values.
    switch self {
    case .deepLabV3(let network):
      guard case .deepLabV3(let known) = consume saved else { break }
      return network.backward(dy, consume known, pass)
    case .deepLabV3Plus(let network):
      guard case .deepLabV3Plus(let known) = consume saved else { break }
      return network.backward(dy, consume known, pass)
    }
    preconditionFailure("saved values of another architecture")
  }
}
