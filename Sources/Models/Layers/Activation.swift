import Tensors

/// The output of a convolution unit in the form in which it is kept for the backward pass: the
/// convolution's result and the map to the output. One pass over memory recomputes the output, with
/// the same bits.
package struct Activation {
  let convolved: Tensor
  let normalizer: Normalizer
  /// Applied after the ReLU; nil without dropout.
  var dropout: DropoutMask?

  /// - Parameters:
  ///   - residual: added before the ReLU; of the output's shape.
  ///   - inPlace: this activation is no longer needed, and its memory becomes the output's.
  func output(
    residual: Normalizer.Residual = .none, inPlace: Bool = false, _ compute: Compute
  ) -> Tensor {
    let y = normalizer.output(of: convolved, residual: residual, inPlace: inPlace, compute)
    guard let dropout else { return y }
    return dropout.applied(to: consume y, compute)
  }

  /// This output as the residual of another unit, which normalizes it while it reads it; it is never
  /// in memory as a whole.
  var residual: Normalizer.Residual { .normalized(convolved, normalizer) }
}
