import Tensors

/// Inverted dropout (Srivastava et al. 2014): the identity in evaluation.
package struct Dropout: Layer {
  /// The mask; nil where nothing was dropped.
  package typealias Saved = Tensor?
  /// The share of elements that become zero.
  let rate: Double

  package init(rate: Double) { self.rate = rate }

  package var parameters: [Parameter] { [] }

  package func forward(
    _ x: Tensor, _ context: inout PassContext
  ) -> (output: Tensor, saved: Tensor?) {
    guard context.training && rate > 0 else { return (x, nil) }
    let mask = dropoutMask(x.shape, rate: rate, &context.random, context.compute)
    return (multiply(x, mask, context.compute), mask)
  }

  package func backward(_ dy: Tensor, _ saved: Tensor?, _ compute: Compute) -> Tensor {
    saved.map { multiply(dy, $0, compute) } ?? dy
  }
}
