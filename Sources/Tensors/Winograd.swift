/// 3x3 convolution at stride 1 by Winograd's minimal filtering, F(4x4, 3x3) (Lavin and Gray 2016):
/// 36 products of matrices where the direct sum has 144 multiplications for each output tile and
/// pair of channels, at some loss of accuracy (relative error about 1e-6).
///
/// Channels have to be multiples of 8: the transforms run along them.
struct Winograd {
  let tiles: WinogradTiles
  let compute: Compute

  init(_ geometry: ConvolutionGeometry, input: Shape, output: Shape, _ compute: Compute) {
    tiles = WinogradTiles(geometry, input: input, output: output)
    self.compute = compute
  }

  /// 36 matrices [rows, columns], one a frequency.
  struct Planes {
    let base: UnsafeMutablePointer<Float>
    let rows: Int
    let columns: Int
    /// Columns stored next to each other: `columns` for a matrix by rows, else those of a panel.
    let panel: Int
    /// From one matrix to the next: no multiple of a page, or all would share the same cache sets.
    let stride: Int

    static func stride(rows: Int, columns: Int, panel: Int) -> Int {
      (columns + panel - 1) / panel * panel * rows + 16
    }

    init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, panel: Int) {
      (self.base, self.rows, self.columns, self.panel) = (base, rows, columns, panel)
      stride = Self.stride(rows: rows, columns: columns, panel: panel)
    }

    func plane(_ k: Int) -> UnsafeMutablePointer<Float> { base + k * stride }

    /// Eight columns of a row of the first matrix; `column` is a multiple of 8, and so is `panel`.
    @inline(__always)
    func address(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
      let first = column / panel * panel
      return base + first * rows + row * panel + column - first
    }
  }

  private func withPlanes(
    _ rows: Int, _ columns: Int, panel: Int? = nil, _ body: (Planes) -> Void
  ) {
    let panel = panel ?? columns
    compute.withScratch(36 * Planes.stride(rows: rows, columns: columns, panel: panel)) {
      body(Planes($0, rows: rows, columns: columns, panel: panel))
    }
  }

  /// Tiles that are transformed, multiplied and transformed back while they stay in cache: a
  /// multiple of the six rows of a product.
  private static let chunk = 96
  /// Floats of transformed inputs and output gradients held at once for a weight gradient.
  private static let gradientBudget = 2 << 20

  /// The convolution of x with weights [3, 3, x's channels, y's channels].
  func apply(_ x: Tensor, _ weights: Tensor, into y: Tensor) {
    let (cin, cout) = (x.shape.c, y.shape.c)
    let count = tiles.count
    let zeros = compute.zeros(Shape(n: 1, h: 1, w: 1, c: cin))
    withPlanes(cin, cout, panel: PanelProduct.width) { u in
      transformWeights(weights, into: u)
      let multiply = { (k: Int, v: Planes, m: Planes) in
        PanelProduct.multiply(
          m: v.rows, n: cout, k: cin, v.plane(k), lda: cin, panels: u.plane(k), m.plane(k),
          ldc: cout)
      }
      if count >= 2 * Self.chunk {
        let pieces = 2 * ((count + 2 * Self.chunk - 1) / (2 * Self.chunk))
        let piece = ((count + pieces - 1) / pieces + 5) / 6 * 6
        compute.parallelBlocks(count, block: piece) { _, range in
          withPlanes(range.count, cin) { v in
            withPlanes(range.count, cout) { m in
              transformInputs(x, range, zeros, into: v, at: 0)
              for k in 0..<36 { multiply(k, v, m) }
              transformOutputs(m, at: 0, range, into: y)
            }
          }
        }
      } else {
        // Few tiles: a share of the frequencies each, so that the weights are read once.
        withPlanes(count, cin) { v in
          withPlanes(count, cout) { m in
            compute.parallelBlocks(count, block: 4) { _, range in
              transformInputs(x, range, zeros, into: v, at: range.lowerBound)
            }
            compute.parallelFor(36) { multiply($0, v, m) }
            compute.parallelBlocks(count, block: 4) { _, range in
              transformOutputs(m, at: range.lowerBound, range, into: y)
            }
          }
        }
      }
    }
  }

  /// Adds the gradient of the weights onto `gradient`, [3, 3, inputChannels, outputChannels].
  func accumulateWeightGradient(_ x: Tensor, _ dy: Tensor, onto gradient: Tensor) {
    let (cin, cout) = (x.shape.c, dy.shape.c)
    let zeros = compute.zeros(Shape(n: 1, h: 1, w: 1, c: max(cin, cout)))
    let count = tiles.count
    let most = max(64, Self.gradientBudget / (36 * (cin + cout)))
    let pieces = (count + most - 1) / most
    let chunk = (count + pieces - 1) / pieces
    withPlanes(cin, cout) { u in
      for start in stride(from: 0, to: count, by: chunk) {
        let rows = min(chunk, count - start)
        withPlanes(rows, cin, panel: 8) { v in
          withPlanes(rows, cout, panel: PanelProduct.width) { m in
            compute.parallelBlocks(rows, block: 4) { _, range in
              let tiles = start + range.lowerBound..<start + range.upperBound
              transformInputs(x, tiles, zeros, into: v, at: range.lowerBound)
              transformOutputGradients(dy, tiles, zeros, into: m, at: range.lowerBound)
            }
            compute.parallelFor(36) { k in
              PanelProduct.multiplyTransposed(
                m: cin, n: cout, k: rows, v.plane(k), panels: m.plane(k), u.plane(k),
                adding: start > 0)
            }
          }
        }
      }
      addWeightGradient(u, onto: gradient)
    }
  }
}
