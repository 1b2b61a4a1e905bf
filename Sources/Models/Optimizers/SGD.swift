import Tensors

/// Stochastic gradient descent with momentum, in torch.optim.SGD's form (without dampening): b = m b
/// + g, then the value moves by the learning rate times b or, with Nesterov's momentum (Sutskever et
/// al. 2013), times g + m b.
package final class SGD: Optimizer {
  package var learningRate: Double
  package let momentum: Double
  package let isNesterov: Bool
  package let decay: WeightDecay?
  package var step = 0
  package let parameters: [Parameter]
  /// The momentum buffer of each parameter, in the parameters' order; none without momentum.
  package let buffers: [Tensor]

  private let places: ParameterPlaces

  package init(
    _ parameters: [Parameter], learningRate: Double, momentum: Double = 0,
    isNesterov: Bool = false, decay: WeightDecay? = nil
  ) {
    (self.parameters, self.learningRate, self.decay) = (parameters, learningRate, decay)
    (self.momentum, self.isNesterov) = (momentum, isNesterov)
    buffers = momentum == 0 ? [] : parameters.map { Tensor($0.value.shape) }
    places = ParameterPlaces(parameters)
  }

  package var state: [(name: String, tensor: Tensor)] {
    zip(parameters, buffers).map { ("sgd.momentum." + $0.name, $1) }
  }

  package func nextStep() -> any ParameterUpdate {
    step += 1
    return Update(sgd: self, learningRate: learningRate)
  }

  private struct Update: ParameterUpdate {
    let sgd: SGD
    let learningRate: Double

    func apply(_ gradient: Tensor, to parameter: Parameter, _ compute: Compute) {
      let value = parameter.value
      sgd.decay?.apply(gradient, to: value, learningRate: learningRate, compute)
      add(
        direction(gradient, parameter, compute), times: Float(-learningRate), onto: value, compute)
    }

    /// The gradient itself, or the buffer after it has taken the gradient in.
    private func direction(
      _ gradient: Tensor, _ parameter: Parameter, _ compute: Compute
    ) -> Tensor {
      if sgd.buffers.isEmpty { return gradient }
      let buffer = sgd.buffers[sgd.places[parameter]]
      scale(buffer, by: Float(sgd.momentum), compute)
      add(gradient, onto: buffer, compute)
      if !sgd.isNesterov { return buffer }
      add(buffer, times: Float(sgd.momentum), onto: gradient, compute)
      return gradient
    }
  }
}
