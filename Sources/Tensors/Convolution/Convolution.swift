// The convolution and both of its gradients: each chooses an algorithm and hands the work to it. The
// algorithms know the geometry, `PanelProduct` and `Padding`, not these functions and not each other.

/// Two-dimensional convolution (cross-correlation) without bias.
///
/// - Parameters:
///   - x: [N, H, W, inputChannels].
///   - weights: [kernel, kernel, inputChannels, outputChannels].
///   - algorithm: nil: the fastest. It must fit the geometry.
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
    let pointwise = PointwiseConvolution(compute)
    if usesPanels {
      pointwise.apply(
        dy, mirroredTransposed(weights, geometry, compute), usesPanels: true, into: dx)
    } else {
      pointwise.applyTransposed(dy, weights, into: dx)
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

/// Adds the gradient of a convolution with respect to its weights onto `gradient`.
///
/// - Parameters:
///   - x: the input, [N, H, W, inputChannels].
///   - dy: gradient of the output, [N, H', W', outputChannels].
///   - gradient: [kernel, kernel, inputChannels, outputChannels].
package func accumulateConvolutionWeightGradient(
  _ x: Tensor, _ dy: Tensor, _ geometry: ConvolutionGeometry, onto gradient: Tensor,
  _ compute: Compute, _ algorithm: ConvolutionAlgorithm? = nil
) {
  precondition(dy.shape == geometry.output(of: x.shape) && gradient.shape == geometry.weightShape)
  guard dy.shape.pixels > 0 else { return }
  switch algorithm ?? .fastest(geometry, input: x.shape) {
  case .winograd:
    WinogradConvolution(geometry, input: x.shape, output: dy.shape, compute)
      .accumulateWeightGradient(x, dy, onto: gradient)
  case .indirect where geometry.isPointwise && geometry.weightGradientUsesPanels != nil:
    PointwiseConvolution(compute).accumulateWeightGradient(
      x, dy, usesPanels: geometry.weightGradientUsesPanels == true, onto: gradient)
  case .indirect where geometry.isNarrow:
    NarrowWeightGradient(geometry, x, dy, compute).accumulate(onto: gradient)
  case .indirect:
    TapwiseWeightGradient(geometry, x, dy, compute).accumulate(onto: gradient)
  }
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
