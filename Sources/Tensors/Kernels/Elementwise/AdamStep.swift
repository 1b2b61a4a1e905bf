/// The constants of one step of Adam (Kingma and Ba 2015, Algorithm 1) with bias correction.
package struct AdamStep: Sendable {
  private let rate: Float
  private let inverseRoot: Float
  private let epsilon: Float
  private let beta1: Double
  private let beta2: Double

  /// - Parameter step: counted from 1.
  package init(learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, step: Int) {
    rate = Float(learningRate / (1 - power(beta1, step)))
    inverseRoot = Float(1 / (1 - power(beta2, step)).squareRoot())
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, Float(epsilon))
  }

  /// Updates a parameter and its moments in one pass; all are of the same shape.
  package func apply(
    _ gradient: Tensor, to value: Tensor, first m: Tensor, second v: Tensor, _ compute: Compute
  ) {
    let (rate, inverseRoot) = (ChannelLanes(repeating: rate), ChannelLanes(repeating: inverseRoot))
    let (b1, b2) = (ChannelLanes(repeating: Float(beta1)), ChannelLanes(repeating: Float(beta2)))
    let (c1, c2) = (
      ChannelLanes(repeating: Float(1 - beta1)), ChannelLanes(repeating: Float(1 - beta2))
    )
    let eps = ChannelLanes(repeating: epsilon)
    compute.parallelElements(value.count) { range in
      let start = range.lowerBound
      let (m, v, g) = (m.base + start, v.base + start, UnsafePointer(gradient.base + start))
      let value = value.base + start
      @inline(__always)
      func update(_ i: Int, _ n: Int) {
        let g = load(g + i, n)
        let first = b1 * load(m + i, n) + c1 * g
        let second = b2 * load(v + i, n) + c2 * g * g
        store(first, m + i, n)
        store(second, v + i, n)
        let denominator = squareRoot(second) * inverseRoot + eps
        store(load(value + i, n) - rate * first / denominator, value + i, n)
      }
      forLanes(range.count, update)
    }
  }
}

/// b^n by repeated multiplication: independent of the platform's math library.
private func power(_ b: Double, _ n: Int) -> Double {
  var (result, base, exponent) = (1.0, b, n)
  while exponent > 0 {
    if exponent & 1 == 1 { result *= base }
    base *= base
    exponent >>= 1
  }
  return result
}
