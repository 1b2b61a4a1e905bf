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

  package init(_ parameters: [Parameter], learningRate: Double) {
    self.parameters = parameters
    self.learningRate = learningRate
    firstMoments = parameters.map { Tensor($0.value.shape) }
    secondMoments = parameters.map { Tensor($0.value.shape) }
  }

  /// Updates every parameter from its gradient and clears the gradient.
  package func update(_ compute: Compute) {
    step += 1
    let correction1 = 1 - power(beta1, step)
    let correction2 = 1 - power(beta2, step)
    let rate = Lanes(repeating: Float(learningRate / correction1))
    let inverseRoot = Lanes(repeating: Float(1 / correction2.squareRoot()))
    let (b1, b2) = (Lanes(repeating: Float(beta1)), Lanes(repeating: Float(beta2)))
    let (c1, c2) = (Lanes(repeating: Float(1 - beta1)), Lanes(repeating: Float(1 - beta2)))
    let eps = Lanes(repeating: Float(epsilon))
    for (index, parameter) in parameters.enumerated() {
      let (m, v) = (firstMoments[index].base, secondMoments[index].base)
      let (value, gradient) = (parameter.value.base, parameter.gradient.base)
      compute.parallelBlocks(parameter.value.count, block: elementBlock) { _, range in
        let start = range.lowerBound
        forLanes(range.count) { j, n in
          let i = start + j
          let g = load(gradient + i, n)
          let first = b1 * load(m + i, n) + c1 * g
          let second = b2 * load(v + i, n) + c2 * g * g
          store(first, m + i, n)
          store(second, v + i, n)
          let denominator = second.squareRoot() * inverseRoot + eps
          store(load(value + i, n) - rate * first / denominator, value + i, n)
          store(.zero, gradient + i, n)
        }
      }
    }
  }

  /// b^n by repeated multiplication: the same on every platform's mathematics library.
  private func power(_ b: Double, _ n: Int) -> Double {
    var (result, base, exponent) = (1.0, b, n)
    while exponent > 0 {
      if exponent & 1 == 1 { result *= base }
      base *= base
      exponent >>= 1
    }
    return result
  }
}
