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
    let x = randomTensor(test.input, seed: test.draw)
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
      let estimates = (0...8).map { halvings -> Double in
        let h = step / Float(1 << halvings)
        return (shifted(h) - shifted(-h)) / (2 * Double(h))
      }
      // In a whole network some ReLU has its kink within nearly every step that is large against
      // rounding, so that no rule picks a good one blindly: there the closest of nine has to do, and
      // `NetworkReferenceTests` holds every gradient to PyTorch's within 1e-4.
      let error =
        test.isNetwork
        ? estimates.map { abs($0 - slope) }.min() ?? .infinity
        : abs(settled(estimates) - slope)
      #expect(
        error < test.tolerance * abs(slope) + 1e-3,
        "\(test.name), \(target.name): slope \(slope), estimates \(estimates)")
    }
  }

  /// Of estimates of a slope, one a step, the one whose neighbors agree with it best: larger steps
  /// meet the curvature and the kinks of ReLU and maximum, smaller ones rounding, and where both are
  /// small depends on the layer. The slope under test has no part in the choice.
  private func settled(_ estimates: [Double]) -> Double {
    let spreads = estimates.indices.dropFirst().dropLast().map { i in
      let three = estimates[i - 1...i + 1]
      return (spread: (three.max() ?? 0) - (three.min() ?? 0), estimate: estimates[i])
    }
    return spreads.min { $0.spread < $1.spread }?.estimate ?? .nan
  }
}
