import Tensors

/// Adam (Kingma and Ba 2015, Algorithm 1) with bias correction; with decoupled decay, AdamW
/// (Loshchilov and Hutter 2019, Algorithm 2).
package final class Adam: Optimizer {
  package var learningRate: Double
  package let decay: WeightDecay?
  package let beta1 = 0.9
  package let beta2 = 0.999
  package let epsilon = 1e-8
  package var step = 0
  package let parameters: [Parameter]
  /// First and second moment of each parameter, in the parameters' order.
  package let firstMoments: [Tensor]
  package let secondMoments: [Tensor]

  private let places: ParameterPlaces

  package init(_ parameters: [Parameter], learningRate: Double, decay: WeightDecay? = nil) {
    (self.parameters, self.learningRate, self.decay) = (parameters, learningRate, decay)
    firstMoments = parameters.map { Tensor($0.value.shape) }
    secondMoments = parameters.map { Tensor($0.value.shape) }
    places = ParameterPlaces(parameters)
  }

  package var state: [(name: String, tensor: Tensor)] {
    zip(parameters, firstMoments).map { ("adam.m." + $0.name, $1) }
      + zip(parameters, secondMoments).map { ("adam.v." + $0.name, $1) }
  }

  package func nextStep() -> any ParameterUpdate {
    step += 1
    return Update(
      adam: self, learningRate: learningRate,
      step: AdamStep(
        learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, step: step))
  }

  private struct Update: ParameterUpdate {
    let adam: Adam
    let learningRate: Double
    let step: AdamStep

    func apply(_ gradient: Tensor, to parameter: Parameter, _ compute: Compute) {
      let place = adam.places[parameter]
      adam.decay?.apply(gradient, to: parameter.value, learningRate: learningRate, compute)
      step.apply(
        gradient, to: parameter.value, first: adam.firstMoments[place],
        second: adam.secondMoments[place], compute)
    }
  }
}
