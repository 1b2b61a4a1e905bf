import Tensors

/// The output of a convolution unit in the form that is kept of it: the convolution's result and
/// the map to the output, from which the output is made again, with the same bits, by one pass over
/// memory.
package struct Activation {
  let convolved: Tensor
  let normalizer: Normalizer
  /// Behind the ReLU, where there is dropout.
  var dropout: DropoutMask?

  /// - Parameters:
  ///   - residual: added before the ReLU; of the output's shape.
  ///   - inPlace: this activation is not needed any more and its memory becomes the output's.
  func output(
    residual: Normalizer.Residual = .none, inPlace: Bool = false, _ compute: Compute
  ) -> Tensor {
    let y = normalizer.output(of: convolved, residual: residual, inPlace: inPlace, compute)
    guard let dropout else { return y }
    return dropout.applied(to: consume y, compute)
  }

  /// As a residual of another unit: normalised on the way, never in memory as a whole.
  var residual: Normalizer.Residual { .normalized(convolved, normalizer) }
}
