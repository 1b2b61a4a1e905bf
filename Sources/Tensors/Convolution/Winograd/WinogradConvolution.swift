/// `Winograd` with the tile size that fits an extent best, for any number of channels: they are filled up
/// with zeros to a multiple of 8, as in the decoder of a narrow DeepLab v3+.
struct WinogradConvolution {
  private let tiles: WinogradTiles
  private let compute: Compute

  init(_ geometry: ConvolutionGeometry, input: Shape, output: Shape, _ compute: Compute) {
    tiles = WinogradTiles(
      geometry, input: input.with(c: Self.filled(input.c)),
      output: output.with(c: Self.filled(output.c)))
    self.compute = compute
  }

  /// The convolution of x with weights [3, 3, in, out], in to out channels; or, for a geometry that is
  /// its transpose, the gradient of its input from that of its output, out to in.
  func apply(_ x: Tensor, _ weights: Tensor, isGradient: Bool, into y: Tensor) {
    let (from, to) = (Self.filled(x.shape.c), Self.filled(y.shape.c))
    let (inputs, outputs) = isGradient ? (to, from) : (from, to)
    let result = to == y.shape.c ? y : compute.empty(y.shape.with(c: to))
    applyWhole(
      filled(x, to: from), filled(weights, inputs: inputs, outputs: outputs),
      isGradient: isGradient, into: result)
    guard to != y.shape.c else { return }
    forRows(y) { row, p in copyLanes(result.base + row * to, p, y.shape.c) }
  }

  // The cases are written out, since the compiler specializes `Winograd` only where it sees its type.

  private func applyWhole(_ x: Tensor, _ weights: Tensor, isGradient: Bool, into y: Tensor) {
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
    let (cin, cout) = (Self.filled(x.shape.c), Self.filled(dy.shape.c))
    guard (cin, cout) != (x.shape.c, dy.shape.c) else {
      return accumulateWhole(x, dy, onto: gradient)
    }
    let sums = compute.parallelZeros(Shape(n: 3, h: 3, w: cin, c: cout))
    accumulateWhole(filled(x, to: cin), filled(dy, to: cout), onto: sums)
    forRows(gradient) { row, p in
      let (tap, i) = row.quotientAndRemainder(dividingBy: x.shape.c)
      let q = sums.base + (tap * cin + i) * cout
      forLanes(dy.shape.c) { o, n in store(load(p + o, n) + load(q + o, n), p + o, n) }
    }
  }

  private func accumulateWhole(_ x: Tensor, _ dy: Tensor, onto gradient: Tensor) {
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

  /// The next multiple of 8 from `channels` on.
  static func filled(_ channels: Int) -> Int { (channels + 7) & ~7 }

  private func filled(_ x: Tensor, to channels: Int) -> Tensor {
    guard channels != x.shape.c else { return x }
    let result = compute.empty(x.shape.with(c: channels))
    forRows(result) { row, p in fill(p, channels, from: x.base + row * x.shape.c, x.shape.c) }
    return result
  }

  /// Weights [3, 3, in, out] as [3, 3, inputs, outputs].
  private func filled(_ weights: Tensor, inputs: Int, outputs: Int) -> Tensor {
    let (w, c) = (weights.shape.w, weights.shape.c)
    guard (w, c) != (inputs, outputs) else { return weights }
    let result = compute.empty(Shape(n: 3, h: 3, w: inputs, c: outputs))
    forRows(result) { row, p in
      let (tap, i) = row.quotientAndRemainder(dividingBy: inputs)
      if i < w {
        fill(p, outputs, from: weights.base + (tap * w + i) * c, c)
      } else {
        p.update(repeating: 0, count: outputs)
      }
    }
    return result
  }

  private func fill(
    _ p: UnsafeMutablePointer<Float>, _ size: Int, from source: UnsafePointer<Float>, _ count: Int
  ) {
    copyLanes(source, p, count)
    (p + count).update(repeating: 0, count: size - count)
  }

  /// Calls `body` with each index of all but the last axis, and where its channels lie.
  private func forRows(_ x: Tensor, _ body: (Int, UnsafeMutablePointer<Float>) -> Void) {
    let c = x.shape.c
    compute.parallelBlocks(x.count / c, block: max(1, elementBlock / c)) { _, range in
      for row in range { body(row, x.base + row * c) }
    }
  }
}
