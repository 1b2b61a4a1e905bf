/// `Winograd` with the tile size that fits an extent best.
struct WinogradConvolution {
  private let tiles: WinogradTiles
  private let compute: Compute

  init(_ geometry: ConvolutionGeometry, input: Shape, output: Shape, _ compute: Compute) {
    tiles = WinogradTiles(geometry, input: input, output: output)
    self.compute = compute
  }

  /// The convolution of x with weights [3, 3, in, out], in to out channels; or, for a geometry that is
  /// its transpose, the gradient of its input from that of its output, out to in.
  func apply(_ x: Tensor, _ weights: Tensor, isGradient: Bool, into y: Tensor) {
    switch (tiles.height, tiles.width) {
    case (4, 4):
      Winograd<FourOutputs, FourOutputs>(tiles: tiles, compute: compute)
        .apply(x, weights, isGradient: isGradient, into: y)
    case (3, 4):
      Winograd<ThreeOutputs, FourOutputs>(tiles: tiles, compute: compute)
        .apply(x, weights, isGradient: isGradient, into: y)
    case (4, 3):
      Winograd<FourOutputs, ThreeOutputs>(tiles: tiles, compute: compute)
        .apply(x, weights, isGradient: isGradient, into: y)
    default:
      Winograd<ThreeOutputs, ThreeOutputs>(tiles: tiles, compute: compute)
        .apply(x, weights, isGradient: isGradient, into: y)
    }
  }

  /// Adds the gradient of the weights onto `gradient`, [3, 3, inputChannels, outputChannels].
  func accumulateWeightGradient(_ x: Tensor, _ dy: Tensor, onto gradient: Tensor) {
    switch (tiles.height, tiles.width) {
    case (4, 4):
      Winograd<FourOutputs, FourOutputs>(tiles: tiles, compute: compute)
        .accumulateWeightGradient(x, dy, onto: gradient)
    case (3, 4):
      Winograd<ThreeOutputs, FourOutputs>(tiles: tiles, compute: compute)
        .accumulateWeightGradient(x, dy, onto: gradient)
    case (4, 3):
      Winograd<FourOutputs, ThreeOutputs>(tiles: tiles, compute: compute)
        .accumulateWeightGradient(x, dy, onto: gradient)
    default:
      Winograd<ThreeOutputs, ThreeOutputs>(tiles: tiles, compute: compute)
        .accumulateWeightGradient(x, dy, onto: gradient)
    }
  }
}
