/// The moments a training batch was normalised with, per channel.
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

/// Rows that one block of a reduction covers: what fits the second-level cache.
private func rowBlock(_ channels: Int) -> Int { max(32, min(1024, 32768 / max(1, channels))) }

/// Mean and variance over all pixels, per channel (Ioffe and Szegedy 2015).
///
/// Blocks are reduced one after the other in cache, then merged with the pairwise update of Chan
/// et al. 1979, which does not cancel for channels with a large mean.
package func batchMoments(_ x: Tensor, _ compute: Compute) -> BatchMoments {
  let (pixels, c) = (x.shape.pixels, x.shape.c)
  let block = rowBlock(c)
  let blocks = (pixels + block - 1) / block
  let parts = compute.empty(Shape(n: blocks, h: 2, w: 1, c: c))
  compute.parallelBlocks(pixels, block: block) { b, range in
    let (mean, squares) = (parts.base + 2 * b * c, parts.base + (2 * b + 1) * c)
    mean.update(repeating: 0, count: 2 * c)
    for p in range {
      let row = x.base + p * c
      forLanes(c) { i, n in store(load(mean + i, n) + load(row + i, n), mean + i, n) }
    }
    let scale = 1 / Float(range.count)
    forLanes(c) { i, n in store(load(mean + i, n) * scale, mean + i, n) }
    for p in range {
      let row = x.base + p * c
      forLanes(c) { i, n in
        let d = load(row + i, n) - load(mean + i, n)
        store(load(squares + i, n).addingProduct(d, d), squares + i, n)
      }
    }
  }
  let shape = Shape(n: 1, h: 1, w: 1, c: c)
  let (mean, variance) = (compute.empty(shape), compute.empty(shape))
  for i in 0..<c {
    var (m, s, count) = (0.0, 0.0, 0.0)
    for b in 0..<blocks {
      let rows = Double(min(block, pixels - b * block))
      let delta = Double(parts.base[2 * b * c + i]) - m
      let total = count + rows
      m += delta * rows / total
      s += Double(parts.base[(2 * b + 1) * c + i]) + delta * delta * count * rows / total
      count = total
    }
    mean.base[i] = Float(m)
    variance.base[i] = Float(s / Double(pixels))
  }
  return BatchMoments(mean: mean, variance: variance, count: pixels)
}

/// y = scale (x - mean) / sqrt(variance + epsilon) + shift, then `+ residual`, then ReLU, in one
/// pass. All per-channel tensors are [1, 1, 1, C]; residual has the shape of x.
package func normalize(
  _ x: Tensor, mean: Tensor, variance: Tensor, scale: Tensor, shift: Tensor, epsilon: Float,
  residual: Tensor? = nil, relu: Bool, _ compute: Compute
) -> Tensor {
  let c = x.shape.c
  let y = compute.empty(x.shape)
  let factors = compute.empty(Shape(n: 1, h: 1, w: 1, c: c))
  // Subtracting the mean first keeps channels of small variance exact.
  let (a, b, m) = (factors.base, shift.base, mean.base)
  for i in 0..<c {
    a[i] = scale.base[i] / (variance.base[i] + epsilon).squareRoot()
  }
  let floor = Lanes(repeating: relu ? 0 : -.infinity)
  compute.parallelBlocks(x.shape.pixels, block: rowBlock(c)) { _, range in
    for p in range {
      let (row, out) = (x.base + p * c, y.base + p * c)
      if let residual {
        let extra = residual.base + p * c
        forLanes(c) { i, n in
          let v = load(b + i, n).addingProduct(load(row + i, n) - load(m + i, n), load(a + i, n))
          store(larger(v + load(extra + i, n), floor), out + i, n)
        }
      } else {
        forLanes(c) { i, n in
          let v = load(b + i, n).addingProduct(load(row + i, n) - load(m + i, n), load(a + i, n))
          store(larger(v, floor), out + i, n)
        }
      }
    }
  }
  return y
}

/// The backward pass of `normalize` on batch moments.
///
/// - Parameters:
///   - dy: gradient of the output.
///   - y: the output, needed only where `relu`: its zeros stop the gradient.
///   - scaleGradient, shiftGradient: [1, 1, 1, C], added onto.
/// - Returns: the gradient of x, and of the residual (dy behind the ReLU).
package func normalizeBackward(
  _ dy: Tensor, x: Tensor, y: Tensor, moments: BatchMoments, scale: Tensor, epsilon: Float,
  relu: Bool, scaleGradient: Tensor, shiftGradient: Tensor, wantsResidual: Bool,
  _ compute: Compute
) -> (dx: Tensor, residual: Tensor?) {
  let (pixels, c) = (x.shape.pixels, x.shape.c)
  let block = rowBlock(c)
  let blocks = (pixels + block - 1) / block
  let masked = relu ? compute.empty(x.shape) : dy
  let parts = compute.empty(Shape(n: blocks, h: 2, w: 1, c: c))
  let mean = moments.mean.base
  // Pass one: the masked gradient, its sum, and its product with x - mean.
  compute.parallelBlocks(pixels, block: block) { b, range in
    let (sum, product) = (parts.base + 2 * b * c, parts.base + (2 * b + 1) * c)
    sum.update(repeating: 0, count: 2 * c)
    for p in range {
      let (row, out, g, m) = (x.base + p * c, y.base + p * c, dy.base + p * c, masked.base + p * c)
      forLanes(c) { i, n in
        var d = load(g + i, n)
        if relu {
          d.replace(with: 0, where: load(out + i, n) .<= 0)
          store(d, m + i, n)
        }
        store(load(sum + i, n) + d, sum + i, n)
        let centred = load(row + i, n) - load(mean + i, n)
        store(load(product + i, n).addingProduct(d, centred), product + i, n)
      }
    }
  }
  let factors = compute.empty(Shape(n: 3, h: 1, w: 1, c: c))
  let (a, k, m) = (factors.base, factors.base + c, factors.base + 2 * c)
  for i in 0..<c {
    var (sum, product) = (0.0, 0.0)
    for b in 0..<blocks {
      sum += Double(parts.base[2 * b * c + i])
      product += Double(parts.base[(2 * b + 1) * c + i])
    }
    let inverse = 1 / (Double(moments.variance.base[i]) + Double(epsilon)).squareRoot()
    scaleGradient.base[i] += Float(product * inverse)
    shiftGradient.base[i] += Float(sum)
    a[i] = Float(Double(scale.base[i]) * inverse)
    // dx = a (d - sum / M - (x - mean) inverse^2 product / M)
    k[i] = Float(Double(a[i]) * inverse * inverse * product / Double(pixels))
    m[i] = Float(Double(a[i]) * sum / Double(pixels))
  }
  let dx = compute.empty(x.shape)
  compute.parallelBlocks(pixels, block: block) { _, range in
    for p in range {
      let (row, d, out) = (x.base + p * c, masked.base + p * c, dx.base + p * c)
      forLanes(c) { i, n in
        let centred = load(row + i, n) - load(mean + i, n)
        let v = (load(a + i, n) * load(d + i, n) - load(m + i, n))
        store(v - load(k + i, n) * centred, out + i, n)
      }
    }
  }
  return (dx, wantsResidual ? masked : nil)
}
