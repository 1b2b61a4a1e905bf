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
  let dx = compute.empty(input)
  if geometry.isPointwise && algorithm != .indirect, let usesPanels = geometry.usesPanels(to: cin) {
    if usesPanels {
      PointwiseConvolution(compute).apply(
        dy, mirroredTransposed(weights, geometry, compute), usesPanels: true, into: dx)
    } else {
      compute.parallelBlocks(input.pixels, block: pixelBlock(input.pixels)) { _, range in
        gemm(
          transposeB: true, m: range.count, n: cin, k: cout, dy.base + range.lowerBound * cout,
          lda: cout, weights.base, ldb: cout, dx.base + range.lowerBound * cin, ldc: cin)
      }
    }
    return dx
  }
  let reach = geometry.dilation * (geometry.kernel - 1)
  if geometry.stride == 1 && geometry.padding <= reach {
    // At stride 1 the transpose of a convolution is the convolution with the mirrored kernel.
    let transpose = ConvolutionGeometry(
      inputChannels: cout, outputChannels: cin, kernel: geometry.kernel,
      dilation: geometry.dilation, padding: reach - geometry.padding)
    if (algorithm ?? .fastest(transpose, input: dy.shape)) == .winograd {
      WinogradConvolution(transpose, input: dy.shape, output: input, compute)
        .apply(dy, weights, isGradient: true, into: dx)
      return dx
    }
  }
  IndirectConvolution(inputGradient: geometry, input: input, output: dy.shape)
    .apply(dy, mirroredTransposed(weights, geometry, compute), into: dx, compute)
  return dx
}

/// [k, k, cin, cout] to [k, k, cout, cin] with both kernel axes reversed.
private func mirroredTransposed(
  _ weights: Tensor, _ geometry: ConvolutionGeometry, _ compute: Compute
) -> Tensor {
  let (cin, cout) = (geometry.inputChannels, geometry.outputChannels)
  let taps = geometry.kernel * geometry.kernel
  let result = compute.empty(
    Shape(n: geometry.kernel, h: geometry.kernel, w: cout, c: cin))
  let block = 32
  let blocks = (cin + block - 1) / block
  compute.parallelFor(taps * blocks) { i in
    let (tap, first) = (i / blocks, i % blocks * block)
    transpose(
      rows: min(block, cin - first), columns: cout, weights.base + (tap * cin + first) * cout,
      lda: cout, result.base + (taps - 1 - tap) * cin * cout + first, ldb: cin)
  }
  return result
}
