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
  ) -> (output: Tensor, saved: Saved?) {
    switch self {
    case .basic(let block):
      let (y, saved) = block.forward(x, &context)
      return (y, saved.map { .basic($0) })
    case .bottleneck(let block):
      let (y, saved) = block.forward(x, &context)
      return (y, saved.map { .bottleneck($0) })
    }
  }

  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass
  ) -> Tensor {
    // One case at a time: a pair of both would hold on to the saved values.
    switch self {
    case .basic(let block):
      guard case .basic(let known) = consume saved else { break }
      return block.backward(dy, consume known, pass)
    case .bottleneck(let block):
      guard case .bottleneck(let known) = consume saved else { break }
      return block.backward(dy, consume known, pass)
    }
    preconditionFailure("saved values of another kind of block")
  }
}

extension ResidualBlock.Saved {
  private var saved: any ResidualSaved {
    switch self {
    case .basic(let saved): saved
    case .bottleneck(let saved): saved
    }
  }

  /// nil where the network makes it again for the backward pass.
  var input: Tensor? {
    get { saved.input }
    set {
      switch self {
      case .basic(var saved):
        saved.input = newValue
        self = .basic(saved)
      case .bottleneck(var saved):
        saved.input = newValue
        self = .bottleneck(saved)
      }
    }
  }

  /// The block's output again; needs its input.
  func output(_ compute: Compute) -> Tensor { saved.output(compute) }
}

/// What the saved values of either kind of block have in common.
protocol ResidualSaved {
  var input: Tensor? { get }
  /// Of the unit that adds the residual.
  var last: Activation { get }
  var shortcut: Activation? { get }
}

extension ResidualSaved {
  var knownInput: Tensor {
    guard let input else { preconditionFailure("the block's input was not made again") }
    return input
  }

  func output(_ compute: Compute) -> Tensor {
    last.output(residual: shortcut?.residual ?? .tensor(knownInput), compute)
  }
}

/// Carries the gradient of a block's residual sum back to the block's input.
func addShortcutGradient(
  _ residual: consuming Tensor?, _ shortcut: ConvolutionUnit?, _ saved: consuming Activation?,
  input: Tensor, onto dx: Tensor, _ pass: BackwardPass
) {
  guard var d = residual else { return }
  if let shortcut, let saved {
    d = shortcut.backward(consume d, consume saved, pass) { input }.input
  }
  add(d, onto: dx, pass.compute)
}
