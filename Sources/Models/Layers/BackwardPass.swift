import Tensors

/// What a backward pass needs besides the gradient and the saved values: where to compute, and what to
/// do with the parameters' gradients.
package struct BackwardPass {
  package let compute: Compute
  private let update: (any ParameterUpdate)?
  /// Where this rank's gradients are summed with the others'; nil for one rank.
  private let sum: GradientSum?

  /// - Parameter update: receives each parameter's gradient as soon as it is known, whose memory
  ///   then serves the next; nil: gradients are added onto `Parameter.gradient`. On several ranks it
  ///   receives the sum over the ranks, for which `finish` must be called after the pass.
  package init(_ compute: Compute, updating update: (any ParameterUpdate)? = nil) {
    (self.compute, self.update) = (compute, update)
    sum = update.flatMap { update in
      compute.ranks.map { GradientSum(over: $0, updating: update, compute) }
    }
  }

  /// Where to add a parameter's gradient.
  func gradient(for parameter: Parameter) -> Tensor {
    update == nil ? parameter.gradient : compute.parallelZeros(parameter.value.shape)
  }

  /// Reports that a gradient is complete and that this pass no longer reads the parameter's value. Each
  /// parameter is used once in a network.
  /// - Parameter isOfAllRanks: whether it already is the whole batch's, on each rank.
  func finish(_ parameter: Parameter, _ gradient: Tensor, isOfAllRanks: Bool = false) {
    if let sum, !isOfAllRanks { return sum.add(gradient, of: parameter) }
    update?.apply(gradient, to: parameter, compute)
  }

  /// Returns when every parameter has been updated.
  package func finish() { sum?.finish() }
}

/// What is done with a gradient once it is known: an optimizer's step, or a sum over machines
/// before it.
package protocol ParameterUpdate {
  /// - Parameter gradient: of the parameter's shape; its memory is reused afterwards.
  func apply(_ gradient: Tensor, to parameter: Parameter, _ compute: Compute)
}
