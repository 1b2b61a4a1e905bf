import Models
import Tensors
import TestSupport
import Testing

/// Every layer's backward pass against central differences of its forward pass.
@Suite struct GradientTests {
  @Test(arguments: LayerCase.all) func backwardIsTheSlopeOfForward(_ test: LayerCase) {
    check(test.layer, test)
  }

  /// f(x, parameters) = <forward(x), r> for a fixed random r; its slope along a random direction of
  /// the input, and of each parameter, must be the inner product of direction and gradient.
  private func check<L: Layer>(_ layer: L, _ test: LayerCase) {
    let compute = Compute(threads: 2)
    let x = randomTensor(test.input, seed: 21)
    func forward() -> (Tensor, L.Saved?) {
      var context = PassContext(
        training: true, random: RandomSource(seed: 5), compute: compute)
      let result = layer.forward(x, &context)
      return (result.output, result.saved)
    }
    let (y, saved) = forward()
    let r = randomTensor(y.shape, seed: 22)
    for parameter in layer.parameters { parameter.gradient.fill(0) }
    let dx = layer.backward(r, saved, compute)

    var targets: [(name: String, value: Tensor, gradient: Tensor)] = layer.parameters.map {
      ($0.name, $0.value, $0.gradient)
    }
    if test.givesInputGradient {
      #expect(dx.shape == x.shape)
      targets.append(("input", x, dx))
    }
    for (index, target) in targets.enumerated() {
      // Along its own gradient a parameter's slope is largest against rounding; a random part
      // makes every element count.
      let direction = randomTensor(target.value.shape, seed: UInt64(30 + index))
      let size = dot(target.gradient, target.gradient).squareRoot()
      let length = dot(direction, direction).squareRoot()
      for i in 0..<direction.count {
        direction.base[i] =
          direction.base[i] / Float(length) + target.gradient.base[i] / Float(max(size, 1e-12))
      }
      let slope = dot(target.gradient, direction)
      let original = target.value.array
      let scale = dot(target.value, target.value).squareRoot()
      let step = Float(2e-3 * max(scale, 0.05))
      func shifted(_ amount: Float) -> Double {
        for i in 0..<original.count {
          target.value.base[i] = original[i] + amount * direction.base[i]
        }
        defer { for i in 0..<original.count { target.value.base[i] = original[i] } }
        return dot(forward().0, r)
      }
      // Smaller steps tell the curvature (and kinks of ReLU and maximum) from a wrong slope.
      let errors = (0...8).map { halvings -> Double in
        let h = step / Float(1 << halvings)
        return abs((shifted(h) - shifted(-h)) / (2 * Double(h)) - slope)
      }
      #expect(
        errors.min()! < test.tolerance * abs(slope) + 1e-3,
        "\(test.name), \(target.name): slope \(slope), errors \(errors)")
    }
  }
}
