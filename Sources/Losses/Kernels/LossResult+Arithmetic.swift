import Tensors

extension LossResult {
  /// Multiplies value and gradient; the gradient's tensor must be this result's own.
  mutating func scale(value: Double, gradient factor: Double, _ compute: Compute) {
    self.value *= value
    guard factor != 1 else { return }
    let (g, factor) = (gradient.base, Float(factor))
    compute.parallelBlocks(gradient.count, block: 1 << 14) { _, range in
      for i in range { g[i] *= factor }
    }
  }

  /// Adds `weight` times another result's value and gradient.
  mutating func add(_ other: LossResult, times weight: Double, _ compute: Compute) {
    value += weight * other.value
    let (g, term, factor) = (gradient.base, other.gradient.base, Float(weight))
    compute.parallelBlocks(gradient.count, block: 1 << 14) { _, range in
      for i in range { g[i] += factor * term[i] }
    }
  }
}
