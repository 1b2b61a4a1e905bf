import Tensors

/// Decay of all parameters, the biases and batch normalization included, as torch.optim does unless
/// parameters are given in groups.
package enum WeightDecay: Hashable, Sendable {
  /// Adds this times the value to the gradient: an L2 penalty, as in torch.optim.SGD and
  /// torch.optim.Adam.
  case coupled(Double)
  /// Takes this times the learning rate off the value, besides the gradient's step, as in
  /// torch.optim.AdamW (Loshchilov and Hutter 2019).
  case decoupled(Double)

  /// What happens before the step itself.
  func apply(_ gradient: Tensor, to value: Tensor, learningRate: Double, _ compute: Compute) {
    switch self {
    case .coupled(let decay): add(value, times: Float(decay), onto: gradient, compute)
    case .decoupled(let decay): scale(value, by: Float(1 - learningRate * decay), compute)
    }
  }
}
