/// How a convolution or one of its gradients is computed.
package enum ConvolutionAlgorithm: Sendable {
  /// `IndirectConvolution`; for the gradient of weights, a product of BLAS for each tap.
  case indirect
  /// `Winograd`, by `WinogradConvolution`.
  case winograd

  /// The faster of the two, as measured on two cores with AVX2: 36 multiplications and their part
  /// of the transforms take Winograd as long as 55 multiplications take the direct sum, from 16
  /// channels on and for nearly any extent. Channels that are filled up to a multiple of 8 count as
  /// the others do.
  package static func fastest(_ g: ConvolutionGeometry, input: Shape) -> Self {
    let channels = (g.inputChannels, g.outputChannels)
    guard g.kernel == 3, g.stride == 1, min(channels.0, channels.1) >= 16 else { return .indirect }
    let filled = WinogradConvolution.filled(channels.0) * WinogradConvolution.filled(channels.1)
    let winograd = winograd(g, input: input) * filled
    let direct = direct(g, input: input) * channels.0 * channels.1
    return 55 * winograd < 36 * direct ? .winograd : .indirect
  }

  /// Multiplications of one pass for a pair of input and output channels and one image, without those
  /// of Winograd's transforms.
  package func multiplications(_ g: ConvolutionGeometry, input: Shape) -> Int {
    switch self {
    case .indirect: Self.direct(g, input: input)
    case .winograd: Self.winograd(g, input: input)
    }
  }

  /// Taps in the padding cost the direct sum nothing.
  private static func direct(_ g: ConvolutionGeometry, input: Shape) -> Int {
    let output = g.output(of: input)
    func live(_ input: Int, _ output: Int) -> Int {
      (0..<g.kernel).reduce(0) { sum, tap in
        let offset = tap * g.dilation - g.padding
        return sum + g.outputs(offset: offset, input: input, output: output).count
      }
    }
    return live(input.h, output.h) * live(input.w, output.w)
  }

  private static func winograd(_ g: ConvolutionGeometry, input: Shape) -> Int {
    let output = g.output(of: input)
    return WinogradTiles.multiplications(output.h, dilation: g.dilation)
      * WinogradTiles.multiplications(output.w, dilation: g.dilation)
  }
}

extension ConvolutionGeometry {
  /// So few channels that BLAS would spend its time on packing.
  var isNarrow: Bool { inputChannels * outputChannels <= 128 * 128 }

  /// For a 1x1 convolution to so many channels, or the gradient of its input: whether
  /// `PanelProduct` is faster than BLAS; nil: neither, but `IndirectConvolution`.
  func usesPanels(to columns: Int) -> Bool? {
    if columns % 8 == 0 && inputChannels * outputChannels <= 512 * 512 { return true }
    return isNarrow ? nil : false
  }

  /// The same for the gradient of a 1x1 convolution's weights; nil: `NarrowWeightGradient`.
  var weightGradientUsesPanels: Bool? {
    let size = inputChannels * outputChannels
    let isWhole = inputChannels % 8 == 0 && outputChannels % 8 == 0
    if isWhole && size > 64 * 64 && size <= 128 * 256 { return true }
    return isNarrow ? nil : false
  }
}
