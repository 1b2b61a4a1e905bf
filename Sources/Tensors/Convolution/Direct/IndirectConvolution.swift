/// A convolution as a sum over taps of products whose left rows are read in place from the input,
/// through pointers, instead of being unfolded first (Dukhan 2019, "The Indirect Convolution
/// Algorithm"). Taps that fall into the padding for a tile of neighboring outputs are left out, so that
/// atrous convolutions at large rates and strided ones cost no more than necessary.
///
/// The same loops serve the convolution and the gradient of its input: they differ in which row and
/// column of the source each tap of an output reads.
struct IndirectConvolution {
  /// Images, and the extent of the tensor that is read.
  private let source: Shape
  /// Extent of the tensor that is written.
  private let target: Shape
  /// Kernel rows, and columns that are taken one by one.
  private let rowTaps: Int
  private let columnTaps: Int
  /// Floats of the source that a tap reads: the channels, of one pixel or of a kernel row's pixels.
  private let depth: Int
  /// The order in which the target's rows are written: outputs that share their taps are adjacent.
  private let rows: Axis
  private let columns: Axis

  /// One extent of the target: its indices in working order and, for each tap and index in that
  /// order, what is read of the source; -1: nothing.
  private struct Axis {
    var order: [Int]
    var sources: [Int32]
  }

  /// Outputs that one piece of work covers, a multiple of the rows of a tile: their inputs
  /// stay in the second-level cache from one panel of weights to the next.
  private static let block = 96

  /// The convolution itself, [N, H, W, in] to [N, H', W', out].
  init(forward g: ConvolutionGeometry, input: Shape, output: Shape) {
    (source, target, depth) = (input, output, input.c)
    (rowTaps, columnTaps) = (g.kernel, g.kernel)
    func axis(_ size: Int, from inputSize: Int) -> Axis {
      Axis(
        order: Array(0..<size),
        sources: (0..<g.kernel).flatMap { tap in
          (0..<size).map { i in
            let from = i * g.stride + tap * g.dilation - g.padding
            return from >= 0 && from < inputSize ? Int32(from) : -1
          }
        })
    }
    rows = axis(output.h, from: input.h)
    columns = axis(output.w, from: input.w)
  }

  /// The convolution of an image of few channels, padded beforehand and without dilation: the inputs
  /// that a kernel row sees lie next to each other and count as one tap.
  init(padded input: Shape, _ g: ConvolutionGeometry, output: Shape) {
    precondition(g.dilation == 1)
    (source, target, depth) = (input, output, g.kernel * input.c)
    (rowTaps, columnTaps) = (g.kernel, 1)
    rows = Axis(
      order: Array(0..<output.h),
      sources: (0..<g.kernel).flatMap { tap in (0..<output.h).map { Int32($0 * g.stride + tap) } })
    columns = Axis(
      order: Array(0..<output.w), sources: (0..<output.w).map { Int32($0 * g.stride) })
  }

  /// The gradient of the input from that of the output, [N, H', W', out] to [N, H, W, in], for
  /// weights with both kernel axes reversed.
  init(inputGradient g: ConvolutionGeometry, input: Shape, output: Shape) {
    (source, target, depth) = (output, input, output.c)
    (rowTaps, columnTaps) = (g.kernel, g.kernel)
    func axis(_ size: Int, from outputSize: Int) -> Axis {
      // Under stride s every s-th input has the same taps.
      let order = (0..<min(size, g.stride)).flatMap {
        Array(Swift.stride(from: $0, to: size, by: g.stride))
      }
      return Axis(
        order: order,
        sources: (0..<g.kernel).flatMap { tap in
          order.map { i in
            let reach = i + g.padding - (g.kernel - 1 - tap) * g.dilation
            let from = reach / g.stride
            return reach >= 0 && reach % g.stride == 0 && from < outputSize ? Int32(from) : -1
          }
        })
    }
    rows = axis(input.h, from: output.h)
    columns = axis(input.w, from: output.w)
  }

  /// - Parameters:
  ///   - x: the source.
  ///   - weights: [kernel, kernel, source's channels, target's channels].
  ///   - y: the target, overwritten.
  func apply(_ x: Tensor, _ weights: Tensor, into y: Tensor, _ compute: Compute) {
    let cout = target.c
    let panelSize = PanelProduct.panelSize(k: depth, n: cout)
    let taps = rowTaps * columnTaps
    let packed = compute.empty(Shape(n: taps, h: 1, w: 1, c: panelSize))
    PanelProduct.pack(weights, taps: taps, into: packed, compute)
    let zeros = compute.zeros(Shape(n: 1, h: 1, w: 1, c: depth))
    let pixels = target.pixels
    let pieces = max(1, (pixels + Self.block - 1) / Self.block)
    let block = PanelTile.rows(of: pixels, in: pieces)
    compute.parallelPieces(
      pixels, block: block, unit: PanelTile.rows, least: 4 * PanelTile.rows
    ) { range in
      compute.withScratch(range.count * PanelTile.columns) { sums in
        withPointers(range, x, y) { inputs, isLive, outputs in
          for column in stride(from: 0, to: cout, by: PanelTile.columns) {
            sums.update(repeating: 0, count: range.count * PanelTile.columns)
            for tap in 0..<taps {
              PanelProduct.accumulate(
                rows: range.count, k: depth, inputs + tap * range.count,
                where: isLive + tap * PanelTile.count(range.count),
                panels: packed.base + tap * panelSize + column * depth, columns: cout - column,
                zeros: zeros.base, sums)
            }
            let width = min(PanelTile.columns, cout - column)
            for i in 0..<range.count {
              copyLanes(sums + i * PanelTile.columns, outputs[i] + column, width)
            }
          }
        }
      }
    }
  }

  /// Where each output of the range and its inputs lie.
  ///
  /// - Parameter body: given the inputs, [taps, outputs], whether any of a tile's neighboring ones lies
  ///   in the source, [taps, tiles], and the outputs.
  private func withPointers(
    _ range: Range<Int>, _ x: Tensor, _ y: Tensor,
    _ body: (
      _ inputs: UnsafePointer<UnsafePointer<Float>?>, _ isLive: UnsafePointer<Bool>,
      _ outputs: UnsafePointer<UnsafeMutablePointer<Float>>
    ) -> Void
  ) {
    let (count, taps) = (range.count, rowTaps * columnTaps)
    let groups = PanelTile.count(count)
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: taps * count) {
      let inputs = $0.baseAddress!
      withUnsafeTemporaryAllocation(of: Bool.self, capacity: taps * groups) {
        let isLive = $0.baseAddress!
        isLive.initialize(repeating: false, count: taps * groups)
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: count) {
          let outputs = $0.baseAddress!
          for i in 0..<count {
            let pixel = range.lowerBound + i
            let (line, column) = (pixel / target.w, pixel % target.w)
            let (n, row) = (line / target.h, line % target.h)
            outputs[i] =
              y.base + ((n * target.h + rows.order[row]) * target.w + columns.order[column])
              * target.c
            let image = x.base + n * source.h * source.w * source.c
            for ky in 0..<rowTaps {
              let iy = Int(rows.sources[ky * target.h + row])
              for kx in 0..<columnTaps {
                let ix = Int(columns.sources[kx * target.w + column])
                let tap = ky * columnTaps + kx
                let isInside = iy >= 0 && ix >= 0
                inputs[tap * count + i] =
                  isInside ? UnsafePointer(image + (iy * source.w + ix) * source.c) : nil
                if isInside { isLive[tap * groups + i / PanelTile.rows] = true }
              }
            }
          }
          body(inputs, isLive, outputs)
        }
      }
    }
  }
}
