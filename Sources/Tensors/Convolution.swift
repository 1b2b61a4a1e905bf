/// Two-dimensional convolution (cross-correlation) without bias.
///
/// - Parameters:
///   - x: [N, H, W, inputChannels].
///   - weights: [kernel, kernel, inputChannels, outputChannels].
/// - Returns: [N, H', W', outputChannels].
package func convolve(
  _ x: Tensor, _ weights: Tensor, _ geometry: ConvolutionGeometry, _ compute: Compute,
  _ algorithm: ConvolutionAlgorithm? = nil
) -> Tensor {
  precondition(x.shape.c == geometry.inputChannels && weights.shape == geometry.weightShape)
  let shape = geometry.output(of: x.shape)
  let y = compute.empty(shape)
  let cout = geometry.outputChannels
  let block = pixelBlock(shape.pixels)
  if geometry.isPointwise {
    let cin = geometry.inputChannels
    compute.parallelBlocks(shape.pixels, block: block) { _, range in
      gemm(
        m: range.count, n: cout, k: cin, x.base + range.lowerBound * cin, lda: cin, weights.base,
        ldb: cout, y.base + range.lowerBound * cout, ldc: cout)
    }
    return y
  }
  if (algorithm ?? .forward(geometry, input: x.shape)) == .winograd {
    Winograd(geometry, input: x.shape, output: shape, compute)
      .apply(x, weights, into: y)
    return y
  }
  let taps = geometry.liveTaps(input: x.shape, output: shape)
  let compact = liveWeights(weights, geometry, taps, compute)
  let im2col = Im2col(geometry, input: x.shape, output: shape, taps: taps)
  let k = im2col.columns
  compute.parallelBlocks(shape.pixels, block: block) { _, range in
    compute.withScratch(range.count * k) { matrix in
      im2col.fill(x.base, pixels: range, into: matrix)
      gemm(
        m: range.count, n: cout, k: k, matrix, lda: k, compact.base, ldb: cout,
        y.base + range.lowerBound * cout, ldc: cout)
    }
  }
  return y
}

/// Output pixels that one product handles: enough rows to pay for packing the weights, few enough
/// for the unfolded input to stay in cache, and an even number of blocks for two threads.
func pixelBlock(_ pixels: Int) -> Int {
  guard pixels > 128 else { return max(1, pixels) }
  let blocks = 2 * ((pixels + 1023) / 1024)
  return (pixels + blocks - 1) / blocks
}

/// The weights of the live taps only; the weights themselves where all are live.
private func liveWeights(
  _ weights: Tensor, _ geometry: ConvolutionGeometry, _ taps: [Tap], _ compute: Compute
) -> Tensor {
  guard taps.count < geometry.kernel * geometry.kernel else { return weights }
  let size = geometry.inputChannels * geometry.outputChannels
  let compact = compute.empty(
    Shape(n: taps.count, h: 1, w: geometry.inputChannels, c: geometry.outputChannels))
  for (i, tap) in taps.enumerated() {
    (compact.base + i * size).update(from: weights.base + tap.index * size, count: size)
  }
  return compact
}

extension Compute {
  /// Lends a scratch buffer of undefined contents.
  func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let pointer = cache.take(count)
    body(pointer)
    cache.give(pointer, count: count)
  }
}
