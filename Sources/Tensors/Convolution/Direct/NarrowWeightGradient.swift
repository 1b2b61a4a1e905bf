/// The gradient of a convolution's weights where channels are few: for each output row and tap, a
/// product of the inputs and output gradients in place, without copies. The rows are split into a
/// fixed number of parts whose sums are added in order. Many threads also share out the taps and the
/// columns of each part, which have sums of their own.
struct NarrowWeightGradient {
  private let geometry: ConvolutionGeometry
  private let x: Tensor
  private let dy: Tensor
  private let taps: [Tap]
  /// Floats that a tap reads: the channels of a pixel, or of all pixels of a kernel row.
  private let depth: Int
  private let compute: Compute
  private static let parts = 4

  init(_ geometry: ConvolutionGeometry, _ x: Tensor, _ dy: Tensor, _ compute: Compute) {
    (self.geometry, self.dy, self.compute) = (geometry, dy, compute)
    if geometry.joinsKernelRows {
      self.x = pad(x, by: geometry.padding, compute)
      depth = geometry.kernel * x.shape.c
      taps = (0..<geometry.kernel).map { Tap(index: $0, dy: $0, dx: 0) }
    } else {
      self.x = x
      depth = x.shape.c
      taps = geometry.liveTaps(input: x.shape, output: dy.shape)
    }
  }

  func accumulate(onto gradient: Tensor) {
    let lines = dy.shape.n * dy.shape.h
    let block = max(1, (lines + Self.parts - 1) / Self.parts)
    let sums = compute.parallelZeros(gradient.shape.with(c: gradient.shape.c * Self.parts))
    let (groups, panels) = (groups(of: taps), groups(of: columns))
    let cuts = groups.count * panels.count
    compute.parallelFor((lines + block - 1) / block * cuts) { i in
      let (part, cut) = i.quotientAndRemainder(dividingBy: cuts)
      let target = sums.base + part * gradient.count
      compute.withScratch(dy.shape.w * PanelTile.columns) { room in
        for line in part * block..<min(lines, (part + 1) * block) {
          accumulate(
            line: line, groups[cut / panels.count], panels[cut % panels.count], onto: target, room)
        }
      }
    }
    compute.parallelBlocks(gradient.count, block: elementBlock) { _, range in
      for part in 0..<Self.parts {
        let (p, q) = (gradient.base + range.lowerBound, sums.base + part * gradient.count)
        forLanes(range.count) { i, n in
          store(load(p + i, n) + load(q + range.lowerBound + i, n), p + i, n)
        }
      }
    }
  }

  /// First columns of the panels of output channels.
  private var columns: [Int] {
    Array(stride(from: 0, to: dy.shape.c, by: PanelTile.columns))
  }

  /// All in one, since they share what they read, or for many threads each alone.
  private func groups<Element>(of all: [Element]) -> [[Element]] {
    compute.parts(of: Self.parts) > 1 ? all.map { [$0] } : [all]
  }

  /// The given taps and columns of one row of outputs. Columns whose last vector is not whole are copied
  /// first, so that nothing past the end is read.
  private func accumulate(
    line: Int, _ taps: [Tap], _ columns: [Int], onto target: UnsafeMutablePointer<Float>,
    _ room: UnsafeMutablePointer<Float>
  ) {
    let (cout, width) = (dy.shape.c, PanelTile.columns)
    let (n, oy) = (line / dy.shape.h, line % dy.shape.h)
    let row = dy.base + line * dy.shape.w * cout
    for column in columns {
      let columns = min(width, cout - column)
      var (right, rightStep) = (UnsafePointer(row + column), cout)
      if columns % ChannelLanes.scalarCount > 0 {
        room.update(repeating: 0, count: dy.shape.w * width)
        for ox in 0..<dy.shape.w { copyLanes(right + ox * cout, room + ox * width, columns) }
        (right, rightStep) = (UnsafePointer(room), width)
      }
      for tap in taps {
        let iy = oy * geometry.stride + tap.dy
        guard iy >= 0 && iy < x.shape.h else { continue }
        let outputs =
          geometry.joinsKernelRows
          ? 0..<dy.shape.w
          : geometry.outputs(offset: tap.dx, input: x.shape.w, output: dy.shape.w)
        let ix = outputs.lowerBound * geometry.stride + tap.dx
        PanelProduct.accumulateTransposed(
          m: depth, k: outputs.count, x.base + ((n * x.shape.h + iy) * x.shape.w + ix) * x.shape.c,
          leftStep: geometry.stride * x.shape.c, right + outputs.lowerBound * rightStep,
          rightStep: rightStep, target + tap.index * depth * cout + column, ldc: cout,
          columns: columns)
      }
    }
  }
}
