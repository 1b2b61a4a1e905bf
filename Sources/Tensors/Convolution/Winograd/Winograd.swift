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
      transformAllWeights(weights, isGradient, into: u)
      if 4 * compute.threads * PanelTile.rows > count && compute.parts(of: pieces) > 1 {
        return applyByPlanes(x, u, zeros, into: y)
      }
      compute.parallelPieces(
        count, block: piece, unit: PanelTile.rows, least: 4 * PanelTile.rows
      ) { range in
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

  private func transformAllWeights(_ weights: Tensor, _ isGradient: Bool, into u: Planes) {
    let (cin, width) = (u.rows, PanelProduct.width)
    let panels = (u.columns + width - 1) / width
    // Rows of one panel lie next to each other.
    let rows = pieces(of: cin, block: cin, parts: compute.parts(of: panels), unit: 32, least: 32)
    compute.parallelFor(panels * rows.count) { i in
      let (column, rows) = (i / rows.count * width, rows[i % rows.count])
      let columns = column..<min(u.columns, column + width)
      let part = Planes(
        u.base + column * cin + rows.lowerBound * width, rows: rows.count, columns: columns.count,
        panel: width, stride: u.stride)
      transformWeights(weights, isGradient: isGradient, rows: rows, columns: columns, into: part)
    }
  }

  /// The same sums for so many threads that they would have too few tiles each: they share out the
  /// frequencies' products, after all tiles have been transformed.
  private func applyByPlanes(_ x: Tensor, _ u: Planes, _ zeros: Tensor, into y: Tensor) {
    let (cin, cout, count) = (x.shape.c, y.shape.c, tiles.count)
    let unit = 2 * PanelProduct.width
    let parts = pieces(
      of: cout, block: cout, parts: compute.parts(of: Self.planes), unit: unit, least: unit)
    withPlanes(count, cin) { v in
      withPlanes(count, cout) { m in
        compute.parallelPieces(count, block: 4, unit: 1, least: 1) { range in
          transformInputs(x, range, zeros, into: v, at: range.lowerBound)
        }
        compute.parallelFor(Self.planes * parts.count) { i in
          let (k, columns) = (i / parts.count, parts[i % parts.count])
          PanelProduct.multiply(
            m: count, n: columns.count, k: cin, v.plane(k), lda: cin,
            panels: u.plane(k) + columns.lowerBound * cin, m.plane(k) + columns.lowerBound,
            ldc: cout)
        }
        compute.parallelPieces(count, block: 4, unit: 1, least: 1) { range in
          transformOutputs(m, at: range.lowerBound, range, into: y)
        }
      }
    }
  }

  /// Few tiles, for which the transformed weights are the larger part: never stored as a whole, but
  /// computed for a few rows and columns at a time and used immediately.
  private func applyBySlabs(_ x: Tensor, _ weights: Tensor, _ isGradient: Bool, into y: Tensor) {
    let (cin, cout, count) = (x.shape.c, y.shape.c, tiles.count)
    let zeros = compute.zeros(Shape(n: 1, h: 1, w: 1, c: cin))
    // In panels as wide as a slab, so that each operand of a product is contiguous.
    withPlanes(count, cin, panel: Self.slab.rows) { v in
      withPlanes(count, cout, panel: Self.slab.columns) { m in
        compute.parallelPieces(count, block: 4, unit: 1, least: 1) { range in
          transformInputs(x, range, zeros, into: v, at: range.lowerBound)
        }
        if compute.parts(of: (cout + Self.slab.columns - 1) / Self.slab.columns) > 1 {
          multiplyByPlanes(v, weights, isGradient, into: m)
        } else {
          multiplyBySlabs(v, weights, isGradient, into: m)
        }
        compute.parallelPieces(count, block: 4, unit: 1, least: 1) { range in
          transformOutputs(m, at: range.lowerBound, range, into: y)
        }
      }
    }
  }

  /// The input and output channels of a slab.
  private func slab(_ rows: Int, of cin: Int, _ columns: Int, of cout: Int) -> (
    rows: Range<Int>, columns: Range<Int>
  ) {
    let (first, column) = (rows * Self.slab.rows, columns * Self.slab.columns)
    return (
      first..<min(cin, first + Self.slab.rows), column..<min(cout, column + Self.slab.columns)
    )
  }

  /// Each piece of work computes a slab's weights and uses them at once.
  private func multiplyBySlabs(
    _ v: Planes, _ weights: Tensor, _ isGradient: Bool, into m: Planes
  ) {
    let (cin, cout) = (v.columns, m.columns)
    compute.parallelFor((cout + Self.slab.columns - 1) / Self.slab.columns) { column in
      for row in 0..<(cin + Self.slab.rows - 1) / Self.slab.rows {
        let (rows, columns) = slab(row, of: cin, column, of: cout)
        withPlanes(rows.count, columns.count, panel: PanelProduct.width) { u in
          transformWeights(weights, isGradient: isGradient, rows: rows, columns: columns, into: u)
          for k in 0..<Self.planes { multiply(v, u, plane: k, rows, columns, into: m) }
        }
      }
    }
  }

  /// The same sums in the same order for more threads than slabs have columns: first all slabs' weights,
  /// then the products of each frequency.
  private func multiplyByPlanes(
    _ v: Planes, _ weights: Tensor, _ isGradient: Bool, into m: Planes
  ) {
    let (cin, cout) = (v.columns, m.columns)
    let down = (cin + Self.slab.rows - 1) / Self.slab.rows
    let across = (cout + Self.slab.columns - 1) / Self.slab.columns
    let size =
      Self.planes
      * Planes.stride(
        rows: Self.slab.rows, columns: Self.slab.columns, panel: PanelProduct.width)
    compute.withScratch(down * across * size) { all in
      func planes(_ row: Int, _ column: Int) -> (Planes, rows: Range<Int>, columns: Range<Int>) {
        let (rows, columns) = slab(row, of: cin, column, of: cout)
        let u = Planes(
          all + (column * down + row) * size, rows: rows.count, columns: columns.count,
          panel: PanelProduct.width)
        return (u, rows, columns)
      }
      compute.parallelFor(down * across) { i in
        let (u, rows, columns) = planes(i % down, i / down)
        transformWeights(weights, isGradient: isGradient, rows: rows, columns: columns, into: u)
      }
      compute.parallelFor(across * Self.planes) { i in
        for row in 0..<down {
          let (u, rows, columns) = planes(row, i / Self.planes)
          multiply(v, u, plane: i % Self.planes, rows, columns, into: m)
        }
      }
    }
  }

  /// A slab's part of the products of one frequency.
  private func multiply(
    _ v: Planes, _ u: Planes, plane k: Int, _ rows: Range<Int>, _ columns: Range<Int>,
    into m: Planes
  ) {
    let count = tiles.count
    PanelProduct.multiply(
      m: count, n: columns.count, k: rows.count, v.plane(k) + rows.lowerBound * count,
      lda: v.panel, panels: u.plane(k), m.plane(k) + columns.lowerBound * count, ldc: m.panel,
      adding: rows.lowerBound > 0)
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
    // At multiples of the rows of a left panel.
    let parts = Tensors.pieces(
      of: cin, block: cin, parts: compute.parts(of: Self.planes),
      unit: 3 * PanelProduct.leftWidth, least: 3 * PanelProduct.leftWidth)
    withPlanes(cin, cout) { u in
      for start in stride(from: 0, to: count, by: chunk) {
        let range = start..<min(count, start + chunk)
        withGradientPlanes(x, dy, range) { v, m in
          compute.parallelFor(Self.planes * parts.count) { i in
            let (k, rows) = (i / parts.count, parts[i % parts.count])
            PanelProduct.multiplyTransposed(
              m: rows.count, n: cout, k: range.count, v.plane(k) + rows.lowerBound * range.count,
              panels: m.plane(k), u.plane(k) + rows.lowerBound * cout, ldc: cout,
              adding: start > 0)
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
      let down = (cin + Self.slab.rows - 1) / Self.slab.rows
      let across = (cout + Self.slab.columns - 1) / Self.slab.columns
      compute.parallelFor(down * across) { i in
        let (rows, columns) = slab(i % down, of: cin, i / down, of: cout)
        withPlanes(rows.count, columns.count) { u in
          for k in 0..<Self.planes {
            PanelProduct.multiplyTransposed(
              m: rows.count, n: columns.count, k: count, v.plane(k) + rows.lowerBound * count,
              panels: m.plane(k) + columns.lowerBound * count, u.plane(k), ldc: columns.count,
              adding: false)
          }
          addWeightGradient(u, inputChannels: rows, outputChannels: columns, onto: gradient)
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
        compute.parallelPieces(range.count, block: 4, unit: 1, least: 1) { part in
          let tiles = range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound
          transformInputs(x, tiles, zeros, into: v, at: part.lowerBound)
          transformOutputGradients(dy, tiles, zeros, into: m, at: part.lowerBound)
        }
        body(v, m)
      }
    }
  }
}
