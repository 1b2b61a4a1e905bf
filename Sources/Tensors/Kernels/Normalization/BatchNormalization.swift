/// The moments a training batch is normalized with, per channel.
package struct BatchMoments: Sendable {
  /// [1, 1, 1, C].
  package let mean: Tensor
  /// Biased variance, as the normalization uses it.
  package let variance: Tensor
  /// Pixels averaged over, N * H * W of all ranks together.
  package let count: Int

  package init(mean: Tensor, variance: Tensor, count: Int) {
    (self.mean, self.variance, self.count) = (mean, variance, count)
  }
}

/// Mean and variance over all pixels, per channel (Ioffe and Szegedy 2015).
///
/// A block is read once: sums of x - p and of its square, where p is the mean of the block's first
/// rows, do not cancel for channels with a large mean. Blocks are then merged with the pairwise
/// update of Chan et al. 1979, and so are ranks.
///
/// - Parameter ranks: those whose pixels are averaged over, each with as many; nil: this one's alone.
package func batchMoments(
  _ x: Tensor, over ranks: (any Communicator)? = nil, _ compute: Compute
) -> BatchMoments {
  let (pixels, c) = (x.shape.pixels, x.shape.c)
  let x = UnsafePointer(x.base)
  let block = rowBlock(c)
  let blocks = (pixels + block - 1) / block
  // Of every block: p, sums, sums of squares.
  let parts = compute.empty(Shape(n: blocks, h: 3, w: 1, c: c))
  compute.parallelSums(pixels, c) { b, range, channels in
    let (pivot, sums) = (parts.base + 3 * b * c, parts.base + (3 * b + 1) * c)
    for row in 0..<3 {
      (pivot + row * c + channels.lowerBound).update(repeating: 0, count: channels.count)
    }
    let first = range.lowerBound..<min(range.upperBound, range.lowerBound + 8)
    forRows(first, c, channels: channels, RowSum(sums: pivot, term: ElementTerm(x: x)))
    let share = 1 / Float(first.count)
    for i in channels { pivot[i] *= share }
    forRows(
      range, c, channels: channels,
      RowSumPair(sums: sums, terms: ShiftedTerms(x: x, pivot: pivot)))
  }
  let count = pixels * (ranks?.count ?? 1)
  let shape = Shape(n: 1, h: 1, w: 1, c: c)
  let (mean, variance) = (compute.empty(shape), compute.empty(shape))
  forChannelTotals(c, sums: 2, over: ranks, compute) { channels, totals in
    let (m, s) = (totals[0], totals[1])
    var count = 0.0
    for b in 0..<blocks {
      let rows = Double(min(block, pixels - b * block))
      let total = count + rows
      let (share, weight, perRow) = (rows / total, count * rows / total, 1 / rows)
      let part = parts.base + 3 * b * c + channels.lowerBound
      for i in 0..<channels.count {
        let sum = Double(part[c + i])
        let delta = Double(part[i]) + sum * perRow - m[i]
        m[i] += delta * share
        s[i] += Double(part[2 * c + i]) - sum * sum * perRow + delta * delta * weight
      }
      count = total
    }
  } finish: { channels, totals in
    let (m, s) = (totals[0], totals[1])
    for rank in 1..<totals.ranks {
      let (other, squares) = (totals[0, of: rank], totals[1, of: rank])
      let (share, weight) = (1 / Double(rank + 1), Double(pixels * rank) / Double(rank + 1))
      for i in 0..<channels.count {
        let delta = other[i] - m[i]
        m[i] += delta * share
        s[i] += squares[i] + delta * delta * weight
      }
    }
    for i in 0..<channels.count {
      mean.base[channels.lowerBound + i] = Float(m[i])
      variance.base[channels.lowerBound + i] = Float(max(0, s[i] / Double(count)))
    }
  }
  return BatchMoments(mean: mean, variance: variance, count: count)
}
