/// 3x3 convolution at stride 1 by Winograd's minimal filtering (Lavin and Gray 2016): for tiles of 4 x 4
/// outputs 36 products of matrices where the direct sum has 144 multiplications for each tile and
/// pair of channels, at some loss of accuracy (relative error about 1e-6).
///
/// Channels must be multiples of 8: the transforms run along them. `WinogradConvolution` fills up others.
struct Winograd<Rows: MinimalFilter, Columns: MinimalFilter> {
  typealias Planes = WinogradPlanes
  let tiles: WinogradTiles
  let compute: Compute

  /// Products of a tile, and outputs.
  static var planes: Int { Rows.points * Columns.points }
  static var outputs: Int { Rows.outputs * Columns.outputs }

  private func withPlanes(
    _ rows: Int, _ columns: Int, panel: Int? = nil, _ body: (Planes) -> Void
  ) {
    let panel = panel ?? columns
    compute.withScratch(Self.planes * Planes.stride(rows: rows, columns: columns, panel: panel)) {
      body(Planes($0, rows: rows, columns: columns, panel: panel))
    }
  }

  /// Tiles that are transformed, multiplied and transformed back while they stay in cache: a
  /// multiple of the rows of a product's tile.
  private static var chunk: Int { 96 }
  /// Input and output channels whose transformed weights stay in cache while all tiles use them.
  private static var slab: (rows: Int, columns: Int) { (64, 2 * PanelProduct.width) }
  /// Floats of transformed inputs and output gradients held at once for a weight gradient.
  private static var gradientBudget: Int { 2 << 20 }

  /// Same as `WinogradConvolution.apply`.
  func apply(_ x: Tensor, _ weights: Tensor, isGradient: Bool, into y: Tensor) {
    if tiles.count < Self.chunk {
      applyBySlabs(x, weights, isGradient, into: y)
    } else {
      applyByChunks(x, weights, isGradient, into: y)
    }
  }

  /// Many tiles: all weights are transformed first, and shared.
  private func applyByChunks(_ x: Tensor, _ weights: Tensor, _ isGradient: Bool, into y: Tensor) {
    let (cin, cout, count) = (x.shape.c, y.shape.c, tiles.count)
    let zeros = compute.zeros(Shape(n: 1, h: 1, w: 1, c: cin))
    let pieces = 2 * ((count + 2 * Self.chunk - 1) / (2 * Self.chunk))
    let piece = PanelTile.rows(of: count, in: pieces)
    withPlanes(cin, cout, panel: PanelProduct.width) { u in
      compute.parallelBlocks(cout, block: PanelProduct.width) { _, columns in
        let part = Planes(
          u.base + columns.lowerBound * cin, rows: cin, columns: columns.count,
          panel: PanelProduct.width, stride: u.stride)
        transformWeights(
          weights, isGradient: isGradient, rows: 0..<cin, columns: columns, into: part)
      }
      compute.parallelBlocks(count, block: piece) { _, range in
        withPlanes(range.count, cin) { v in
          withPlanes(range.count, cout) { m in
            transformInputs(x, range, zeros, into: v, at: 0)
            for k in 0..<Self.planes {
              PanelProduct.multiply(
                m: range.count, n: cout, k: cin, v.plane(k), lda: cin, panels: u.plane(k),
                m.plane(k), ldc: cout)
            }
            transformOutputs(m, at: 0, range, into: y)
          }
        }
      }
    }
  }

  /// Few tiles, for which the transformed weights are the larger part: never stored as a whole, but
  /// computed for a few rows and columns at a time and used immediately.
  private func applyBySlabs(_ x: Tensor, _ weights: Tensor, _ isGradient: Bool, into y: Tensor) {
    let (cin, cout, count) = (x.shape.c, y.shape.c, tiles.count)
    let width = PanelProduct.width
    let zeros = compute.zeros(Shape(n: 1, h: 1, w: 1, c: cin))
    // In panels as wide as a slab, so that each operand of a product is contiguous.
    withPlanes(count, cin, panel: Self.slab.rows) { v in
      withPlanes(count, cout, panel: Self.slab.columns) { m in
        compute.parallelBlocks(count, block: 4) { _, range in
          transformInputs(x, range, zeros, into: v, at: range.lowerBound)
        }
        compute.parallelBlocks(cout, block: Self.slab.columns) { _, columns in
          for first in stride(from: 0, to: cin, by: Self.slab.rows) {
            let rows = first..<min(cin, first + Self.slab.rows)
            withPlanes(rows.count, columns.count, panel: width) { u in
              transformWeights(
                weights, isGradient: isGradient, rows: rows, columns: columns, into: u)
              for k in 0..<Self.planes {
                PanelProduct.multiply(
                  m: count, n: columns.count, k: rows.count, v.plane(k) + first * count,
                  lda: v.panel, panels: u.plane(k), m.plane(k) + columns.lowerBound * count,
                  ldc: m.panel, adding: first > 0)
              }
            }
          }
        }
        compute.parallelBlocks(count, block: 4) { _, range in
          transformOutputs(m, at: range.lowerBound, range, into: y)
        }
      }
    }
  }

  /// Adds the gradient of the weights onto `gradient`, [3, 3, inputChannels, outputChannels].
  func accumulateWeightGradient(_ x: Tensor, _ dy: Tensor, onto gradient: Tensor) {
    let (cin, cout, count) = (x.shape.c, dy.shape.c, tiles.count)
    if cin * cout > count * (cin + cout) {
      weightGradientBySlabs(x, dy, onto: gradient)
    } else {
      weightGradientByChunks(x, dy, onto: gradient)
    }
  }

  /// Many tiles: their products are added up, chunk by chunk.
  private func weightGradientByChunks(_ x: Tensor, _ dy: Tensor, onto gradient: Tensor) {
    let (cin, cout, count) = (x.shape.c, dy.shape.c, tiles.count)
    let most = max(64, Self.gradientBudget / (Self.planes * (cin + cout)))
    let pieces = (count + most - 1) / most
    let chunk = (count + pieces - 1) / pieces
    withPlanes(cin, cout) { u in
      for start in stride(from: 0, to: count, by: chunk) {
        let range = start..<min(count, start + chunk)
        withGradientPlanes(x, dy, range) { v, m in
          compute.parallelFor(Self.planes) { k in
            PanelProduct.multiplyTransposed(
              m: cin, n: cout, k: range.count, v.plane(k), panels: m.plane(k), u.plane(k),
              ldc: cout, adding: start > 0)
          }
        }
      }
      compute.parallelBlocks(cin, block: max(1, 4096 / cout)) { _, rows in
        let part = Planes(
          u.base + rows.lowerBound * cout, rows: rows.count, columns: cout, panel: cout,
          stride: u.stride)
        addWeightGradient(part, inputChannels: rows, outputChannels: 0..<cout, onto: gradient)
      }
    }
  }

  /// Few tiles: as in `applyBySlabs`.
  private func weightGradientBySlabs(_ x: Tensor, _ dy: Tensor, onto gradient: Tensor) {
    let (cin, cout, count) = (x.shape.c, dy.shape.c, tiles.count)
    withGradientPlanes(x, dy, 0..<count) { v, m in
      compute.parallelBlocks(cout, block: Self.slab.columns) { _, columns in
        for first in stride(from: 0, to: cin, by: Self.slab.rows) {
          let rows = first..<min(cin, first + Self.slab.rows)
          withPlanes(rows.count, columns.count) { u in
            for k in 0..<Self.planes {
              PanelProduct.multiplyTransposed(
                m: rows.count, n: columns.count, k: count, v.plane(k) + first * count,
                panels: m.plane(k) + columns.lowerBound * count, u.plane(k), ldc: columns.count,
                adding: false)
            }
            addWeightGradient(u, inputChannels: rows, outputChannels: columns, onto: gradient)
          }
        }
      }
    }
  }

  /// The inputs and output gradients of tiles, transformed, in panels of a product's operands.
  private func withGradientPlanes(
    _ x: Tensor, _ dy: Tensor, _ range: Range<Int>, _ body: (_ v: Planes, _ m: Planes) -> Void
  ) {
    let zeros = compute.zeros(Shape(n: 1, h: 1, w: 1, c: max(x.shape.c, dy.shape.c)))
    withPlanes(range.count, x.shape.c, panel: PanelProduct.leftWidth) { v in
      withPlanes(range.count, dy.shape.c, panel: PanelProduct.width) { m in
        compute.parallelBlocks(range.count, block: 4) { _, part in
          let tiles = range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound
          transformInputs(x, tiles, zeros, into: v, at: part.lowerBound)
          transformOutputGradients(dy, tiles, zeros, into: m, at: part.lowerBound)
        }
        body(v, m)
      }
    }
  }
}
