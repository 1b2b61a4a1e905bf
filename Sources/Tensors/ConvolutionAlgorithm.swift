/// How a convolution is computed.
package enum ConvolutionAlgorithm: Sendable {
  /// Unfolded inputs times weights.
  case unfolded
  /// `Winograd`.
  case winograd

  static func forward(_ g: ConvolutionGeometry, input: Shape) -> Self { .unfolded }
  static func weightGradient(_ g: ConvolutionGeometry, input: Shape) -> Self { .unfolded }
}
