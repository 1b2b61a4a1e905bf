import Tensors

/// Either kind of residual block, so that a network's depth is data.
package enum ResidualBlock: Layer {
  package enum Saved {
    case basic(BasicBlock.Saved)
    case bottleneck(Bottleneck.Saved)
  }
  case basic(BasicBlock)
  case bottleneck(Bottleneck)

  package var parameters: [Parameter] {
    switch self {
    case .basic(let block): block.parameters
    case .bottleneck(let block): block.parameters
    }
  }

  package var state: [StateArray] {
    switch self {
    case .basic(let block): block.state
    case .bottleneck(let block): block.state
    }
  }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Saved) {
    switch self {
    case .basic(let block):
      let (y, saved) = block.forward(x, &context)
      return (y, .basic(saved))
    case .bottleneck(let block):
      let (y, saved) = block.forward(x, &context)
      return (y, .bottleneck(saved))
    }
  }

  package func backward(_ dy: Tensor, _ saved: Saved, _ compute: Compute) -> Tensor {
    switch (self, saved) {
    case (.basic(let block), .basic(let saved)): block.backward(dy, saved, compute)
    case (.bottleneck(let block), .bottleneck(let saved)): block.backward(dy, saved, compute)
    default: preconditionFailure("saved values of another kind of block")
    }
  }
}
