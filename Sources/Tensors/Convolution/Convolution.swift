/// Two-dimensional convolution (cross-correlation) without bias.
///
/// - Parameters:
///   - x: [N, H, W, inputChannels].
///   - weights: [kernel, kernel, inputChannels, outputChannels].
///   - algorithm: nil: the fastest. Those that do not fit the geometry must not be asked for.
/// - Returns: [N, H', W', outputChannels].
package func convolve(
  _ x: Tensor, _ weights: Tensor, _ geometry: ConvolutionGeometry, _ compute: Compute,
  _ algorithm: ConvolutionAlgorithm? = nil
) -> Tensor {
  precondition(x.shape.c == geometry.inputChannels && weights.shape == geometry.weightShape)
  let shape = geometry.output(of: x.shape)
  let y = compute.empty(shape)
  let cout = geometry.outputChannels
  if geometry.isPointwise && algorithm != .indirect, let usesPanels = geometry.usesPanels(to: cout)
  {
    PointwiseConvolution(compute).apply(x, weights, usesPanels: usesPanels, into: y)
    return y
  }
  if (algorithm ?? .fastest(geometry, input: x.shape)) == .winograd {
    WinogradConvolution(geometry, input: x.shape, output: shape, compute)
      .apply(x, weights, isGradient: false, into: y)
    return y
  }
  if geometry.joinsKernelRows {
    let padded = pad(x, by: geometry.padding, compute)
    IndirectConvolution(padded: padded.shape, geometry, output: shape)
      .apply(padded, weights, into: y, compute)
    return y
  }
  IndirectConvolution(forward: geometry, input: x.shape, output: shape)
    .apply(x, weights, into: y, compute)
  return y
}

/// Zeros around the rows and columns of every image.
func pad(_ x: Tensor, by margin: Int, _ compute: Compute) -> Tensor {
  let s = x.shape
  let shape = Shape(n: s.n, h: s.h + 2 * margin, w: s.w + 2 * margin, c: s.c)
  let result = compute.empty(shape)
  let (side, row) = (margin * s.c, s.w * s.c)
  compute.parallelBlocks(shape.n * shape.h, block: 16) { _, range in
    for line in range {
      let (n, iy) = (line / shape.h, line % shape.h - margin)
      let target = result.base + line * shape.w * s.c
      if iy < 0 || iy >= s.h {
        target.update(repeating: 0, count: row + 2 * side)
      } else {
        target.update(repeating: 0, count: side)
        (target + side).update(from: x.base + (n * s.h + iy) * row, count: row)
        (target + side + row).update(repeating: 0, count: side)
      }
    }
  }
  return result
}

/// Output pixels that one product handles: enough rows to pay for packing the weights, few enough
/// for its rows to stay in cache, and an even number of blocks for two threads.
func pixelBlock(_ pixels: Int) -> Int {
  guard pixels > 128 else { return max(1, pixels) }
  let blocks = 2 * ((pixels + 1023) / 1024)
  return (pixels + blocks - 1) / blocks
}

extension Compute {
  /// Lends a scratch buffer of undefined contents.
  func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let pointer = cache.take(count)
    body(pointer)
    cache.give(pointer, count: count)
  }
}
