/// The sum of a term of each valid pixel, and its gradient: for terms that depend only on the
/// pixel's own logits and label.
///
/// - Parameters:
///   - factor: the factor from a term's derivatives to the gradient.
///   - term: called once for each valid pixel, from any thread, with its C logits and its class. It
///     returns the term and writes its derivatives with respect to all C logits.
/// - Returns: the sum, and the gradient [N, H, W, C], 0 at ignored pixels.
@inlinable @inline(__always)
package func pixelwiseSum(
  _ batch: LabeledLogits, factor: Double,
  _ term: (_ logits: Span<Float>, _ label: Int, _ derivatives: inout MutableSpan<Double>) -> Double
) -> (sum: Double, gradient: Tensor) {
  let c = batch.classes
  let gradient = batch.compute.empty(batch.logits.shape)
  let sum = batch.labels.ids.withUnsafeBufferPointer { labels in
    batch.compute.parallelSum(batch.pixels, block: 2048) { range in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: c) { q in
        q.initialize(repeating: 0)
        var derivatives = MutableSpan(_unsafeElements: q)
        var sum = 0.0
        for i in range {
          let g = gradient.base + i * c
          guard labels[i] != LabelMap.ignored else {
            g.update(repeating: 0, count: c)
            continue
          }
          let logits = Span(_unsafeStart: batch.logits.base + i * c, count: c)
          sum += term(logits, Int(labels[i]), &derivatives)
          for j in 0..<c { g[j] = Float(factor * q[j]) }
        }
        return sum
      }
    }
  }
  return (sum, gradient)
}
