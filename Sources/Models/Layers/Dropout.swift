import Tensors

/// Inverted dropout (Srivastava et al. 2014): the identity in evaluation.
package struct Dropout: Layer {
  package typealias Saved = DropoutMask
  /// The share of elements that become zero.
  let rate: Double

  package init(rate: Double) { self.rate = rate }

  package var parameters: [Parameter] { [] }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: DropoutMask?) {
    guard let mask = mask(for: x.shape, &context) else { return (x, nil) }
    return (mask.applied(to: x, context.compute), mask)
  }

  /// nil in evaluation.
  func mask(for shape: Shape, _ context: inout PassContext) -> DropoutMask? {
    guard context.training else { return nil }
    return DropoutMask(
      rate: rate, count: shape.count, &context.random, partOf: context.ranks)
  }

  package func backward(
    _ dy: consuming Tensor, _ saved: consuming DropoutMask, _ pass: BackwardPass
  ) -> Tensor {
    saved.applied(to: dy, pass.compute)
  }
}
