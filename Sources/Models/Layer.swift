import Tensors

/// What a forward pass is told besides its input.
package struct PassContext {
  /// Batch statistics, dropout and updates of running statistics; else running statistics.
  package var training: Bool
  /// Draws dropout masks; derived from the run's seed and the iteration.
  package var random: RandomSource
  package let compute: Compute

  package init(training: Bool, random: RandomSource = RandomSource(seed: 0), compute: Compute) {
    (self.training, self.random, self.compute) = (training, random, compute)
  }
}

/// A differentiable map of one tensor to another.
///
/// Doctrine: layers are values that hold references to their parameters; there is no tape. What
/// the backward pass needs is a named value, `Saved`, returned by the forward pass and consumed
/// once. `backward` adds onto the parameters' gradients and returns the input's.
package protocol Layer: Sendable {
  associatedtype Saved
  var parameters: [Parameter] { get }
  var state: [StateArray] { get }
  /// Input and output are [N, H, W, C].
  func forward(_ x: Tensor, _ context: inout PassContext) -> (output: Tensor, saved: Saved)
  /// - Parameter dy: gradient of the output of a forward pass in training mode.
  func backward(_ dy: Tensor, _ saved: Saved, _ compute: Compute) -> Tensor
}

extension Layer {
  package var state: [StateArray] { [] }
  /// Number of trained values.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// `forward`, with the saved values in training only: a network made of such steps holds a few
  /// activations at a time in evaluation.
  func pass(_ x: Tensor, _ context: inout PassContext) -> (output: Tensor, saved: Saved?) {
    let (output, saved) = forward(x, &context)
    return (output, context.training ? saved : nil)
  }
}
