/// The gradient of a convolution with respect to its input.
///
/// - Parameters:
///   - dy: gradient of the output, [N, H', W', outputChannels].
///   - input: the extent of the input.
/// - Returns: [N, H, W, inputChannels].
package func convolutionInputGradient(
  _ dy: Tensor, _ weights: Tensor, _ geometry: ConvolutionGeometry, input: Shape,
  _ compute: Compute, _ algorithm: ConvolutionAlgorithm? = nil
) -> Tensor {
  precondition(dy.shape == geometry.output(of: input))
  let (cin, cout) = (geometry.inputChannels, geometry.outputChannels)
  if geometry.isPointwise {
    let dx = compute.empty(input)
    compute.parallelBlocks(input.pixels, block: pixelBlock(input.pixels)) { _, range in
      gemm(
        transposeB: true, m: range.count, n: cin, k: cout, dy.base + range.lowerBound * cout,
        lda: cout, weights.base, ldb: cout, dx.base + range.lowerBound * cin, ldc: cin)
    }
    return dx
  }
  if geometry.stride == 1 && geometry.padding <= geometry.dilation * (geometry.kernel - 1) {
    // At stride 1 the transpose of a convolution is the convolution with the mirrored kernel.
    let mirrored = ConvolutionGeometry(
      inputChannels: cout, outputChannels: cin, kernel: geometry.kernel,
      dilation: geometry.dilation,
      padding: geometry.dilation * (geometry.kernel - 1) - geometry.padding)
    return convolve(dy, mirroredTransposed(weights, geometry, compute), mirrored, compute, algorithm)
  }
  return scatteredInputGradient(dy, weights, geometry, input: input, compute)
}

/// [k, k, cin, cout] to [k, k, cout, cin] with both kernel axes reversed.
private func mirroredTransposed(
  _ weights: Tensor, _ geometry: ConvolutionGeometry, _ compute: Compute
) -> Tensor {
  let (cin, cout) = (geometry.inputChannels, geometry.outputChannels)
  let taps = geometry.kernel * geometry.kernel
  let result = compute.empty(
    Shape(n: geometry.kernel, h: geometry.kernel, w: cout, c: cin))
  compute.parallelFor(taps) { tap in
    let source = weights.base + tap * cin * cout
    let target = result.base + (taps - 1 - tap) * cin * cout
    // Tiles of 16 keep both sides within a few cache lines.
    for i0 in stride(from: 0, to: cin, by: 16) {
      for o in 0..<cout {
        for i in i0..<min(cin, i0 + 16) { target[o * cin + i] = source[i * cout + o] }
      }
    }
  }
  return result
}

private func scatteredInputGradient(
  _ dy: Tensor, _ weights: Tensor, _ geometry: ConvolutionGeometry, input: Shape,
  _ compute: Compute
) -> Tensor {
  let cout = geometry.outputChannels
  let dx = compute.zeros(input)
  var taps: [Tap] = []
  for ky in 0..<geometry.kernel {
    for kx in 0..<geometry.kernel {
      taps.append(
        Tap(
          index: ky * geometry.kernel + kx, dy: ky * geometry.dilation - geometry.padding,
          dx: kx * geometry.dilation - geometry.padding))
    }
  }
  let im2col = Im2col(geometry, input: input, output: dy.shape, taps: taps)
  let k = im2col.columns
  let perImage = dy.shape.h * dy.shape.w
  // One image a piece: pixels of different images never add onto the same input.
  compute.parallelFor(input.n) { n in
    let block = pixelBlock(perImage)
    for start in stride(from: 0, to: perImage, by: block) {
      let first = n * perImage + start
      let rows = min(block, perImage - start)
      compute.withScratch(rows * k) { matrix in
        gemm(
          transposeB: true, m: rows, n: k, k: cout, dy.base + first * cout, lda: cout,
          weights.base, ldb: cout, matrix, ldc: k)
        im2col.scatterAdd(matrix, pixels: first..<first + rows, onto: dx.base)
      }
    }
  }
  return dx
}
