/// 1x1 convolutions at stride 1: single matrix products on the tensors without copies.
struct PointwiseConvolution {
  private let compute: Compute

  init(_ compute: Compute) { self.compute = compute }

  /// y = x w.
  ///
  /// - Parameters:
  ///   - weights: [1, 1, x's channels, y's channels].
  ///   - usesPanels: only for y's channels a multiple of 8; BLAS otherwise.
  func apply(_ x: Tensor, _ weights: Tensor, usesPanels: Bool, into y: Tensor) {
    let (k, n, pixels) = (x.shape.c, y.shape.c, x.shape.pixels)
    guard usesPanels else {
      compute.parallelProducts(pixels, block: pixelBlock(pixels), n: n, k: k) { range in
        gemm(
          m: range.count, n: n, k: k, x.base + range.lowerBound * k, lda: k, weights.base, ldb: n,
          y.base + range.lowerBound * n, ldc: n)
      }
      return
    }
    let packed = compute.empty(Shape(n: 1, h: 1, w: 1, c: PanelProduct.panelSize(k: k, n: n)))
    PanelProduct.pack(weights, taps: 1, into: packed, compute)
    // An even number of pieces of whole tiles.
    let block = PanelTile.rows(of: pixels, in: 2 * ((pixels + 191) / 192))
    forTiles(pixels, block: block, columns: n) { rows, columns in
      PanelProduct.multiply(
        m: rows.count, n: columns.count, k: k, x.base + rows.lowerBound * k, lda: k,
        panels: packed.base + columns.lowerBound * k,
        y.base + rows.lowerBound * n + columns.lowerBound, ldc: n)
    }
  }

  /// dx = dy w^T, by BLAS; weights as in `apply` of the forward pass.
  func applyTransposed(_ dy: Tensor, _ weights: Tensor, into dx: Tensor) {
    let (k, n, pixels) = (dy.shape.c, dx.shape.c, dx.shape.pixels)
    compute.parallelProducts(pixels, block: pixelBlock(pixels), n: n, k: k) { range in
      gemm(
        transposeB: true, m: range.count, n: n, k: k, dy.base + range.lowerBound * k, lda: k,
        weights.base, ldb: k, dx.base + range.lowerBound * n, ldc: n)
    }
  }

  /// dW += x^T dy, split by input channels.
  func accumulateWeightGradient(
    _ x: Tensor, _ dy: Tensor, usesPanels: Bool, onto gradient: Tensor
  ) {
    let (cin, cout, pixels) = (x.shape.c, dy.shape.c, x.shape.pixels)
    guard usesPanels else {
      let block = cin >= 64 ? max(32, (cin + 3) / 4) : cin
      compute.parallelProducts(cin, block: block, n: cout, k: pixels) { range in
        gemm(
          transposeA: true, m: range.count, n: cout, k: pixels, x.base + range.lowerBound,
          lda: cin, dy.base, ldb: cout, beta: 1, gradient.base + range.lowerBound * cout, ldc: cout)
      }
      return
    }
    let width = PanelProduct.leftWidth
    let left = compute.empty(x.shape.with(c: (cin + width - 1) / width * width))
    let right = compute.empty(
      Shape(n: 1, h: 1, w: 1, c: PanelProduct.panelSize(k: pixels, n: cout)))
    PanelProduct.pack(dy, taps: 1, into: right, compute)
    compute.parallelBlocks(pixels, block: 64) { _, rows in
      for column in stride(from: 0, to: cin, by: width) {
        let target = left.base + column * pixels
        for i in rows { storeEight(loadEight(x.base + i * cin + column), target + i * width) }
      }
    }
    forTiles(cin, block: 4 * PanelTile.rows, columns: cout) { rows, columns in
      PanelProduct.multiplyTransposed(
        m: rows.count, n: columns.count, k: pixels, left.base + rows.lowerBound * pixels,
        panels: right.base + columns.lowerBound * pixels,
        gradient.base + rows.lowerBound * cout + columns.lowerBound, ldc: cout, adding: true)
    }
  }

  /// Runs `body` over the tiles of a product with panels, whose elements are each summed alone. For many
  /// threads, blocks of rows are cut into columns, too.
  private func forTiles(
    _ rows: Int, block: Int, columns: Int, file: StaticString = #fileID, line: UInt = #line,
    _ body: (_ rows: Range<Int>, _ columns: Range<Int>) -> Void
  ) {
    let parts = compute.parts(of: (rows + block - 1) / block)
    let least = 4 * PanelTile.rows
    let rows = pieces(of: rows, block: block, parts: parts, unit: PanelTile.rows, least: least)
    let unit = 2 * PanelProduct.width
    let columns = pieces(
      of: columns, block: columns, parts: compute.parts(of: rows.count), unit: unit, least: unit)
    compute.parallelFor(rows.count * columns.count, file: file, line: line) { i in
      body(rows[i / columns.count], columns[i % columns.count])
    }
  }
}

/// Output pixels that one product handles: enough rows to pay for packing the weights, few enough
/// for its rows to stay in cache, and an even number of blocks for two threads.
private func pixelBlock(_ pixels: Int) -> Int {
  guard pixels > 128 else { return max(1, pixels) }
  let blocks = 2 * ((pixels + 1023) / 1024)
  return (pixels + blocks - 1) / blocks
}
