/// sum_i w_i ce_i / normalizer over the valid pixels and its gradient, eight pixels at a time: the
/// kernel of every loss that weights cross-entropies. It reads the logits once and writes the
/// gradient once.
///
/// - Parameters:
///   - normalizer: a positive number; otherwise the result is zero.
///   - sums: the number of additional sums that the loss needs.
///   - weigh: given eight pixels and the sums of their block so far, adds to those and returns the
///     sum of w ce and the slopes s, 0 at ignored pixels.
/// - Returns: value and gradient, and the additional sums.
@inlinable @inline(__always)
package func weightedCrossEntropy(
  _ batch: LabeledLogits, normalizer: Double, sums count: Int = 0,
  _ weigh: (_ tile: SoftmaxTile, _ sums: inout MutableSpan<Double>) -> (
    value: Double, slopes: Lanes
  )
) -> (value: Double, gradient: Tensor, sums: [Double]) {
  let (c, pixels, block) = (batch.classes, batch.pixels, 2048)
  guard normalizer > 0 else {
    return (0, batch.compute.zeros(batch.logits.shape), [Double](repeating: 0, count: count))
  }
  let gradient = batch.compute.empty(batch.logits.shape)
  let factor = Lanes(repeating: Float(1 / normalizer))
  // Each block's additional sums, then its value. Added in order of the blocks.
  let stride = count + 1
  var sums = [Double](repeating: 0, count: (pixels + block - 1) / block * stride)
  sums.withUnsafeMutableBufferPointer { sums in
    batch.labels.ids.withUnsafeBufferPointer { ids in
      batch.compute.parallelBlocks(pixels, block: block) { b, range in
        // Summed in the block's own memory: two threads writing to adjacent elements would slow
        // each other down (false sharing).
        withUnsafeTemporaryAllocation(of: Double.self, capacity: stride) { part in
          part.initialize(repeating: 0)
          var further = MutableSpan(
            _unsafeElements: UnsafeMutableBufferPointer(rebasing: part[..<count]))
          forTiles(batch, ids.baseAddress!, range, gradient: gradient) { tile, g in
            let (value, slopes) = weigh(tile, &further)
            part[count] += value
            let slope = slopes * factor
            let (other, own) = (slope * tile.scale, -slope * tile.miss)
            let vectors = tile.powers
            for j in 0..<c {
              vectors[j] = (vectors[j] * other).replacing(with: own, where: tile.isOwn(j))
            }
            storeTransposed(vectors, channels: c, into: g)
          }
          for k in 0..<stride { sums[b * stride + k] = part[k] }
        }
      }
    }
  }
  var totals = [Double](repeating: 0, count: stride)
  for (i, part) in sums.enumerated() { totals[i % stride] += part }
  let value = totals.removeLast() / normalizer
  return (value, gradient, totals)
}

/// The same with one constant weight per class.
package func weightedCrossEntropy(
  _ batch: LabeledLogits, classWeights weights: [Double], normalizer: Double
) -> (value: Double, gradient: Tensor) {
  precondition(weights.count == batch.classes, "\(weights.count) weights, \(batch.classes) classes")
  // The weights by label, including the ignored one.
  let table = weights.map { Float($0) } + [Float](repeating: 0, count: 256 - weights.count)
  return table.withUnsafeBufferPointer { table in
    let w = table.baseAddress!
    let result = weightedCrossEntropy(batch, normalizer: normalizer) { tile, _ in
      let y = tile.ids
      let weight = Lanes(
        w[Int(y[0])], w[Int(y[1])], w[Int(y[2])], w[Int(y[3])], w[Int(y[4])], w[Int(y[5])],
        w[Int(y[6])], w[Int(y[7])])
      return (sum(weight * tile.crossEntropy), weight)
    }
    return (result.value, result.gradient)
  }
}
