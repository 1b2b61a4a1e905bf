/// The gradient of a convolution's weights where channels are many: one product per tap, each onto its
/// own part of the gradient, of the pixels whose tap lies inside the input.
struct TapwiseWeightGradient {
  private let geometry: ConvolutionGeometry
  private let x: Tensor
  private let dy: Tensor
  private let compute: Compute

  init(_ geometry: ConvolutionGeometry, _ x: Tensor, _ dy: Tensor, _ compute: Compute) {
    (self.geometry, self.x, self.dy, self.compute) = (geometry, x, dy, compute)
  }

  /// Pairs of pixels in one product.
  private static let block = 1024

  func accumulate(onto gradient: Tensor) {
    let (cin, cout) = (geometry.inputChannels, geometry.outputChannels)
    let work = pieces()
    compute.parallelFor(work.count) { i in
      let (tap, pairs, channels) = work[i]
      let block = min(pairs.count, Self.block)
      compute.withScratch(block * channels.count) { left in
        compute.withScratch(block * cout) { right in
          for start in stride(from: 0, to: pairs.count, by: block) {
            let range = start..<min(pairs.count, start + block)
            pairs.gather(x, dy, range, channels: channels, left, right)
            gemm(
              transposeA: true, m: channels.count, n: cout, k: range.count, left,
              lda: channels.count, right, ldb: cout, beta: 1,
              gradient.base + (tap.index * cin + channels.lowerBound) * cout, ldc: cout)
          }
        }
      }
    }
  }

  /// The taps, each with its pairs and a part of the input channels.
  private func pieces() -> [(Tap, TapPairs, Range<Int>)] {
    let (cin, cout) = (geometry.inputChannels, geometry.outputChannels)
    let taps = geometry.liveTaps(input: x.shape, output: dy.shape)
    // Two shares per tap, or the odd number of taps would leave a thread idle.
    let shares = cin >= 64 ? 2 : 1
    let parts = compute.parts(of: taps.count * shares)
    return taps.flatMap { tap in
      let pairs = TapPairs(geometry, tap, input: x.shape, output: dy.shape)
      let last = (pairs.count - 1) % Self.block + 1
      return productPieces(
        of: cin, block: (cin + shares - 1) / shares, n: cout, k: last, parts: parts
      ).map { (tap, pairs, $0) }
    }
  }
}

/// The pairs of input and output pixels that one tap connects: a rectangle in each image.
private struct TapPairs {
  private let tap: Tap
  private let stride: Int
  private let input: Shape
  private let output: Shape
  private let rows: Range<Int>
  private let columns: Range<Int>

  init(_ geometry: ConvolutionGeometry, _ tap: Tap, input: Shape, output: Shape) {
    (self.tap, stride, self.input, self.output) = (tap, geometry.stride, input, output)
    rows = geometry.outputs(offset: tap.dy, input: input.h, output: output.h)
    columns = geometry.outputs(offset: tap.dx, input: input.w, output: output.w)
  }

  var count: Int { input.n * rows.count * columns.count }

  /// Copies the given channels of the inputs and all of the outputs, pair by pair.
  func gather(
    _ x: Tensor, _ dy: Tensor, _ range: Range<Int>, channels: Range<Int>,
    _ left: UnsafeMutablePointer<Float>, _ right: UnsafeMutablePointer<Float>
  ) {
    for (i, pair) in range.enumerated() {
      let line = pair / columns.count
      let (n, oy) = (line / rows.count, rows.lowerBound + line % rows.count)
      let ox = columns.lowerBound + pair % columns.count
      let from = ((n * input.h + oy * stride + tap.dy) * input.w + ox * stride + tap.dx) * input.c
      copyLanes(x.base + from + channels.lowerBound, left + i * channels.count, channels.count)
      let to = ((n * output.h + oy) * output.w + ox) * output.c
      copyLanes(dy.base + to, right + i * output.c, output.c)
    }
  }
}
