import Tensors

/// What a forward pass needs besides its input.
package struct PassContext {
  /// Whether to use batch statistics and dropout and to update the running statistics; otherwise the
  /// running statistics are used.
  package var training: Bool
  /// Draws dropout masks; derived from the run's seed and the iteration.
  package var random: RandomSource
  /// Whether batch statistics are those of all ranks' images; otherwise of this rank's.
  package var synchronizesBatchNorm: Bool
  package let compute: Compute

  package init(
    training: Bool, random: RandomSource = RandomSource(seed: 0),
    synchronizesBatchNorm: Bool = true, compute: Compute
  ) {
    (self.training, self.random, self.compute) = (training, random, compute)
    self.synchronizesBatchNorm = synchronizesBatchNorm
  }

  /// The ranks that train on parts of one batch; nil in evaluation.
  package var ranks: (any Communicator)? { training ? compute.ranks : nil }
  /// Those whose images batch statistics are of; nil: this one's alone.
  var normalizationRanks: (any Communicator)? { synchronizesBatchNorm ? ranks : nil }
}

/// A differentiable map of one tensor to another.
///
/// Doctrine: layers are values that hold references to their parameters; there is no tape. What
/// the backward pass needs is a named value, `Saved`, returned by the forward pass in training and
/// consumed once, piece by piece: memory is free again as soon as its piece is done. What a few
/// passes over memory can recompute (`Activation`, a block's output) is not saved.
package protocol Layer: Sendable {
  associatedtype Saved
  var parameters: [Parameter] { get }
  /// Arrays that are stored with the weights but not trained.
  var buffers: [Buffer] { get }
  /// Input and output are [N, H, W, C].
  /// - Returns: saved values in training only.
  func forward(_ x: Tensor, _ context: inout PassContext) -> (output: Tensor, saved: Saved?)
  /// - Parameter dy: gradient of the output; its memory is reused where the caller gives up the
  ///   only reference.
  /// - Returns: the gradient of the input.
  func backward(_ dy: consuming Tensor, _ saved: consuming Saved, _ pass: BackwardPass) -> Tensor
}

extension Layer {
  package var buffers: [Buffer] { [] }
  /// Number of trained values.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// - Parameter saved: of a forward pass in training mode; traps without.
  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved?, _ pass: BackwardPass
  ) -> Tensor {
    guard let known = saved.take() else {
      preconditionFailure("no forward pass in training mode")
    }
    return backward(dy, consume known, pass)
  }

  /// Adds onto the parameters' gradients.
  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved?, _ compute: Compute
  ) -> Tensor {
    backward(dy, saved, BackwardPass(compute))
  }
}
