/// The extent of a two-dimensional convolution with a square kernel and symmetric zero padding.
package struct ConvolutionGeometry: Hashable, Sendable {
  package var inputChannels: Int
  package var outputChannels: Int
  package var kernel: Int
  package var stride: Int
  package var dilation: Int
  package var padding: Int

  /// The default padding keeps the extent at stride 1.
  package init(
    inputChannels: Int, outputChannels: Int, kernel: Int, stride: Int = 1, dilation: Int = 1,
    padding: Int? = nil
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding ?? dilation * (kernel - 1) / 2
  }

  /// Weights are kept as [kernel row, kernel column, input channel, output channel].
  package var weightShape: Shape {
    Shape(n: kernel, h: kernel, w: inputChannels, c: outputChannels)
  }

  package func output(of input: Shape) -> Shape {
    Shape(n: input.n, h: extent(input.h), w: extent(input.w), c: outputChannels)
  }

  private func extent(_ size: Int) -> Int {
    let reach = dilation * (kernel - 1) + 1
    precondition(size + 2 * padding >= reach, "kernel reaches past the padded input")
    return (size + 2 * padding - reach) / stride + 1
  }

  /// A 1x1 convolution at stride 1 is one matrix product on the tensors without a copy.
  var isPointwise: Bool { kernel == 1 && stride == 1 && padding == 0 }

  /// An image of few channels is padded, so that the inputs of a kernel row lie next to each other.
  var joinsKernelRows: Bool { inputChannels < 8 && kernel > 1 && dilation == 1 }

  /// Taps that touch the input for at least one output pixel, in row-major order. Atrous taps that
  /// lie entirely in the padding need no arithmetic.
  package func liveTaps(input: Shape, output: Shape) -> [Tap] {
    var taps: [Tap] = []
    for ky in 0..<kernel {
      for kx in 0..<kernel {
        let (dy, dx) = (ky * dilation - padding, kx * dilation - padding)
        let rows = outputs(offset: dy, input: input.h, output: output.h)
        let columns = outputs(offset: dx, input: input.w, output: output.w)
        if !rows.isEmpty && !columns.isEmpty {
          taps.append(Tap(index: ky * kernel + kx, dy: dy, dx: dx))
        }
      }
    }
    return taps
  }

  /// The outputs of one extent for which a tap lies inside the input.
  func outputs(offset: Int, input: Int, output: Int) -> Range<Int> {
    let first = min(output, offset >= 0 ? 0 : (-offset + stride - 1) / stride)
    let end = offset < input ? min(output, (input - 1 - offset) / stride + 1) : 0
    return first..<max(first, end)
  }
}

/// One kernel position: the input pixel is (row * stride + dy, column * stride + dx).
package struct Tap {
  package var index: Int
  package var dy: Int
  package var dx: Int
}
