import Tensors

/// What a backward pass needs besides the gradient and the saved values: where to compute, and what to
/// do with the parameters' gradients.
package struct BackwardPass {
  package let compute: Compute
  private let update: (any ParameterUpdate)?

  /// - Parameter update: receives each parameter's gradient as soon as it is known, whose memory
  ///   then serves the next; nil: gradients are added onto `Parameter.gradient`.
  package init(_ compute: Compute, updating update: (any ParameterUpdate)? = nil) {
    (self.compute, self.update) = (compute, update)
  }

  /// Where to add a parameter's gradient.
  func gradient(for parameter: Parameter) -> Tensor {
    update == nil ? parameter.gradient : compute.parallelZeros(parameter.value.shape)
  }

  /// Reports that a gradient is complete and that this pass no longer reads the parameter's value. Each
  /// parameter is used once in a network.
  func finish(_ parameter: Parameter, _ gradient: Tensor) {
    update?.apply(gradient, to: parameter, compute)
  }
}

/// What is done with a gradient once it is known: an optimizer's step, or a sum over machines
/// before it.
package protocol ParameterUpdate {
  /// - Parameter gradient: of the parameter's shape; its memory is reused afterwards.
  func apply(_ gradient: Tensor, to parameter: Parameter, _ compute: Compute)
}
