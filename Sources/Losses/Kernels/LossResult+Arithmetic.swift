import Tensors

extension LossResult {
  /// Multiplies value and gradient; the gradient's tensor must be this result's own.
  mutating func scale(value: Double, gradient factor: Double, _ compute: Compute) {
    self.value *= value
    if factor != 1 { Tensors.scale(gradient, by: Float(factor), compute) }
  }

  /// Adds `weight` times another result's value and gradient.
  mutating func add(_ other: LossResult, times weight: Double, _ compute: Compute) {
    value += weight * other.value
    Tensors.add(other.gradient, times: Float(weight), onto: gradient, compute)
  }
}
