/// The moments a training batch is normalised with, per channel.
package struct BatchMoments: Sendable {
  /// [1, 1, 1, C].
  package let mean: Tensor
  /// Biased variance, as the normalisation uses it.
  package let variance: Tensor
  /// Pixels averaged over, N * H * W.
  package let count: Int

  package init(mean: Tensor, variance: Tensor, count: Int) {
    (self.mean, self.variance, self.count) = (mean, variance, count)
  }
}

/// Mean and variance over all pixels, per channel (Ioffe and Szegedy 2015).
///
/// Blocks are reduced one after the other in cache, then merged with the pairwise update of Chan
/// et al. 1979, which does not cancel for channels with a large mean.
package func batchMoments(_ x: Tensor, _ compute: Compute) -> BatchMoments {
  let (pixels, c) = (x.shape.pixels, x.shape.c)
  let x = UnsafePointer(x.base)
  let block = rowBlock(c)
  let blocks = (pixels + block - 1) / block
  let parts = compute.empty(Shape(n: blocks, h: 2, w: 1, c: c))
  compute.parallelBlocks(pixels, block: block) { b, range in
    let (mean, squares) = (parts.base + 2 * b * c, parts.base + (2 * b + 1) * c)
    mean.update(repeating: 0, count: 2 * c)
    forRows(range, c, RowSum(sums: mean, term: ElementTerm(x: x)))
    let scale = 1 / Float(range.count)
    for i in 0..<c { mean[i] *= scale }
    forRows(range, c, RowSum(sums: squares, term: SquareTerm(x: x, mean: mean)))
  }
  let shape = Shape(n: 1, h: 1, w: 1, c: c)
  let (mean, variance) = (compute.empty(shape), compute.empty(shape))
  forChannelSums(c, sums: 2, compute) { channels, sums in
    let (m, s) = (sums, sums + channels.count)
    var count = 0.0
    for b in 0..<blocks {
      let rows = Double(min(block, pixels - b * block))
      let total = count + rows
      let (share, weight) = (rows / total, count * rows / total)
      let part = parts.base + 2 * b * c + channels.lowerBound
      for i in 0..<channels.count {
        let delta = Double(part[i]) - m[i]
        m[i] += delta * share
        s[i] += Double(part[c + i]) + delta * delta * weight
      }
      count = total
    }
    for i in 0..<channels.count {
      mean.base[channels.lowerBound + i] = Float(m[i])
      variance.base[channels.lowerBound + i] = Float(s[i] / Double(pixels))
    }
  }
  return BatchMoments(mean: mean, variance: variance, count: pixels)
}
