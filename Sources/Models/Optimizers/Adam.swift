import Tensors

/// Adam (Kingma and Ba 2015, Algorithm 1) with bias correction and a constant learning rate.
package final class Adam {
  package let learningRate: Double
  package let beta1 = 0.9
  package let beta2 = 0.999
  package let epsilon = 1e-8
  /// Steps taken.
  package var step = 0
  package let parameters: [Parameter]
  /// First and second moment of each parameter, in the parameters' order.
  package let firstMoments: [Tensor]
  package let secondMoments: [Tensor]

  private let indices: [ObjectIdentifier: Int]

  package init(_ parameters: [Parameter], learningRate: Double) {
    self.parameters = parameters
    self.learningRate = learningRate
    firstMoments = parameters.map { Tensor($0.value.shape) }
    secondMoments = parameters.map { Tensor($0.value.shape) }
    indices = Dictionary(
      uniqueKeysWithValues: parameters.enumerated().map { (ObjectIdentifier($1), $0) })
  }

  /// Begins a step, in which the backward pass updates every parameter as soon as its gradient is
  /// known; elements do not depend on each other, so in any order.
  package func nextStep() -> some ParameterUpdate {
    step += 1
    return Update(
      adam: self,
      step: AdamStep(
        learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, step: step))
  }

  /// Updates every parameter from the gradient kept with it and clears the gradient.
  package func update(_ compute: Compute) {
    let update = nextStep()
    for parameter in parameters {
      update.apply(parameter.gradient, to: parameter, compute)
      parameter.gradient.fill(0)
    }
  }

  private struct Update: ParameterUpdate {
    let adam: Adam
    let step: AdamStep

    func apply(_ gradient: Tensor, to parameter: Parameter, _ compute: Compute) {
      guard let index = adam.indices[ObjectIdentifier(parameter)] else {
        preconditionFailure("\(parameter.name) is not one of the optimizer's parameters")
      }
      step.apply(
        gradient, to: parameter.value, first: adam.firstMoments[index],
        second: adam.secondMoments[index], compute)
    }
  }
}
