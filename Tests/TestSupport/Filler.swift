import Tensors

/// offset + scale times uniform numbers in [-1, 1), derived from a name alone; with these
/// `Tests/Fixtures/torch/fixture_file.py` makes the same inputs and weights in Python.
package func filler(
  _ name: String, _ shape: Shape, scale: Double = 1, offset: Double = 0
) -> Tensor {
  var random = RandomSource(seed: 0, purpose: name)
  let tensor = Tensor(shape)
  for i in 0..<tensor.count {
    tensor.base[i] = Float(offset + scale * (2 * random.uniform() - 1))
  }
  return tensor
}

extension Tensor {
  /// Takes over the elements of another tensor of the same shape.
  package func copy(_ other: Tensor) {
    precondition(other.shape == shape)
    withExtendedLifetime(other) { base.update(from: other.base, count: count) }
  }
}

/// Gives parameters and running statistics the values that `fill_parameters` gives their twins in
/// PyTorch.
///
/// - Parameter arrays: all of a layer's or network's, by name.
package func fillParameters(_ arrays: [(name: String, value: Tensor)], case name: String) {
  let names = Set(arrays.map(\.name))
  for array in arrays {
    var (offset, scale) = (0.0, 0.1)
    if isConvolution(array.value.shape) {
      scale = heBound(array.value.shape)
    } else if isLastScale(array.name, in: names) {
      (offset, scale) = (0.1, 0.05)
    } else if array.name.hasSuffix("weight") || array.name.hasSuffix("running_var") {
      (offset, scale) = (1, 0.5)
    }
    array.value.copy(
      filler("\(name)/\(array.name)", array.value.shape, scale: scale, offset: offset))
  }
}

/// Whether an array is a convolution's weight, [row, column, in, out]; vectors are [1, 1, 1, C].
package func isConvolution(_ shape: Shape) -> Bool { shape.n * shape.h * shape.w > 1 }

/// Of a uniform distribution with the variance 2 / fan-in (He et al. 2015).
package func heBound(_ weight: Shape) -> Double {
  (6 / Double(weight.n * weight.h * weight.w)).squareRoot()
}

/// Whether an array scales the last batch normalization of a residual block: bn3, or bn2 where
/// there is no bn3.
package func isLastScale(_ name: String, in names: Set<String>) -> Bool {
  if name.hasSuffix("bn3.weight") { return true }
  guard name.hasSuffix("bn2.weight") else { return false }
  return !names.contains(name.dropLast("bn2.weight".count) + "bn3.weight")
}
