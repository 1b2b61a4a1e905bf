/// Products of small matrices for the convolutions here, where BLAS would spend up to half of the
/// time on packing operands that are already in the right order.
///
/// A `PanelTile` of the result is kept in registers, with two vectors of the right operand and one
/// broadcast element of the left.
package enum PanelProduct {
  /// Columns of a panel of the right operand, on every CPU.
  package static let width = 16

  /// Columns of a panel of a transposed left operand, on every CPU.
  static let leftWidth = 8

  /// Floats of the right operand [k, n] as panels of `width` columns each, the last padded.
  package static func panelSize(k: Int, n: Int) -> Int { (n + width - 1) / width * width * k }

  /// Columns of the left operand that are processed before the next: this keeps a panel of the
  /// right one in the first-level cache, and float sums short.
  private static let depth = 256

  /// Floats of a right operand that stay in the first-level cache beside the rest.
  private static let firstLevel = 4096

  /// From the first vector of a tile's right operand to the second, in panels: with vectors of sixteen
  /// it lies in the next panel.
  @inline(__always)
  private static func second(k: Int) -> Int {
    ChannelLanes.scalarCount < width ? ChannelLanes.scalarCount : width * k
  }

  /// C = A B, or C += A B, with A [m, k] by rows, B in panels, [n / 16, k, 16], and C [m, n] by rows.
  /// n is a multiple of 8.
  package static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int, panels: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, adding: Bool = false
  ) {
    // A right operand that stays in the first-level cache serves each tile's rows at once, so that
    // these are written from end to end.
    let height = k * n <= firstLevel ? PanelTile.rows : m
    for top in Swift.stride(from: 0, to: m, by: height) {
      product(
        top..<min(m, top + height), n: n, k: k, leftStep: 1, panels: panels, c, ldc: ldc,
        adding: adding
      ) { row, first in a + row * lda + first }
    }
  }

  /// The given rows of a product with panels on the right.
  ///
  /// - Parameter left: where a row of the left operand lies, from the given column on.
  @inline(__always)
  private static func product(
    _ rows: Range<Int>, n: Int, k: Int, leftStep: Int, panels: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, adding: Bool,
    _ left: (_ row: Int, _ first: Int) -> UnsafePointer<Float>
  ) {
    for column in Swift.stride(from: 0, to: n, by: PanelTile.columns) {
      let b = panels + column * k
      @inline(__always)
      func multiply(isPair: Bool) {
        let columns = PanelTile.Columns(min(PanelTile.columns, n - column), isPair: isPair)
        forTiles(rows, k) { first, row, rows in
          let target = c + row * ldc + column
          var tile = PanelTile()
          tile.accumulate(
            k: min(depth, k - first), left: LeftRows(rows: rows) { left(row + $0, first) },
            leftStep: leftStep, b + first * width, second: second(k: k), isPair: isPair)
          if adding || first > 0 { tile.add(target, ldc, rows: rows, columns) }
          tile.store(target, ldc, rows: rows, columns)
        }
      }
      if n - column > ChannelLanes.scalarCount {
        multiply(isPair: true)
      } else {
        multiply(isPair: false)
      }
    }
  }

  /// Calls `body` for each part of k, and within it for each tile's rows.
  @inline(__always)
  private static func forTiles(
    _ range: Range<Int>, _ k: Int, _ body: (_ first: Int, _ row: Int, _ rows: Int) -> Void
  ) {
    for first in Swift.stride(from: 0, to: k, by: depth) {
      for row in Swift.stride(from: range.lowerBound, to: range.upperBound, by: PanelTile.rows) {
        body(first, row, min(PanelTile.rows, range.upperBound - row))
      }
    }
  }

  /// sums += A B for a tile's columns of B, with the rows of A anywhere in memory; nil: a row of zeros.
  /// Sums are [rows, PanelTile.columns].
  ///
  /// - Parameters:
  ///   - isLive: whether any of each tile's rows is not nil; the others are skipped.
  ///   - columns: those of B that are left.
  static func accumulate(
    rows count: Int, k: Int, _ a: UnsafePointer<UnsafePointer<Float>?>,
    where isLive: UnsafePointer<Bool>, panels b: UnsafePointer<Float>, columns: Int,
    zeros: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>
  ) {
    @inline(__always)
    func accumulate(isPair: Bool) {
      let columns = PanelTile.Columns(PanelTile.columns, isPair: isPair)
      forTiles(0..<count, k) { first, row, rows in
        guard isLive[row / PanelTile.rows] else { return }
        let target = sums + row * PanelTile.columns
        var tile = PanelTile()
        let left = LeftRows(rows: rows) { i in a[row + i].map { $0 + first } ?? zeros }
        tile.accumulate(
          k: min(depth, k - first), left: left, leftStep: 1, b + first * width,
          second: second(k: k), isPair: isPair)
        tile.add(target, PanelTile.columns, rows: rows, columns)
        tile.store(target, PanelTile.columns, rows: rows, columns)
      }
    }
    if columns > ChannelLanes.scalarCount {
      accumulate(isPair: true)
    } else {
      accumulate(isPair: false)
    }
  }

  /// Weights [k, k, in, out] as panels for each tap, [taps, out / 16, depth, 16], with zeros past the
  /// end; depth is in, or k in for taps that are whole kernel rows.
  static func pack(_ weights: Tensor, taps: Int, into packed: Tensor, _ compute: Compute) {
    let cout = weights.shape.c
    let depth = weights.count / max(1, taps * cout)
    // A few rows at a time, so that whole rows are read.
    let (size, block) = (panelSize(k: depth, n: cout), 32)
    let blocks = (depth + block - 1) / block
    compute.parallelFor(taps * blocks) { i in
      let (tap, first) = (i / blocks, i % blocks * block)
      let rows = first..<min(depth, first + block)
      for column in stride(from: 0, to: cout, by: width) {
        let source = weights.base + tap * depth * cout + column
        let target = packed.base + tap * size + column * depth
        let columns = min(width, cout - column)
        if columns < width {
          (target + first * width).update(repeating: 0, count: rows.count * width)
        }
        for j in rows { copyLanes(source + j * cout, target + j * width, columns) }
      }
    }
  }

  /// C = A^T B, or C += A^T B, C [m, n] by rows. A [k, m] lies in panels of `leftWidth`
  /// columns, B [k, n] in panels of 16. m and n are multiples of 8.
  package static func multiplyTransposed(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, panels: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, adding: Bool
  ) {
    product(
      0..<m, n: n, k: k, leftStep: leftWidth, panels: panels, c, ldc: ldc, adding: adding
    ) { row, first in
      let (panel, column) = row.quotientAndRemainder(dividingBy: leftWidth)
      return a + (panel * k + first) * leftWidth + column
    }
  }

  /// C += A^T B with the columns of A [k, m] next to each other and its rows `leftStep` floats apart
  /// (they may overlap), B [k, PanelTile.columns] with rows `rightStep` apart, and C's rows `ldc` apart.
  ///
  /// - Parameter count: columns of C that are written. Of B, the vectors that these lie in are read.
  static func accumulateTransposed(
    m: Int, k: Int, _ a: UnsafePointer<Float>, leftStep: Int, _ b: UnsafePointer<Float>,
    rightStep: Int, _ c: UnsafeMutablePointer<Float>, ldc: Int, columns count: Int
  ) {
    @inline(__always)
    func accumulate(isPair: Bool) {
      let whole = PanelTile.Columns(PanelTile.columns, isPair: isPair)
      forTiles(0..<m, k) { first, row, rows in
        let left = LeftRows(rows: rows) { i in a + row + i + first * leftStep }
        var tile = PanelTile()
        tile.accumulate(
          k: min(depth, k - first), left: left, leftStep: leftStep, b + first * rightStep,
          second: ChannelLanes.scalarCount, rightStep: rightStep, isPair: isPair)
        let target = c + row * ldc
        if count & (ChannelLanes.scalarCount - 1) == 0 {
          tile.add(target, ldc, rows: rows, whole)
          tile.store(target, ldc, rows: rows, whole)
        } else {
          add(tile, onto: target, ldc, rows: rows, columns: count, whole)
        }
      }
    }
    if count > ChannelLanes.scalarCount {
      accumulate(isPair: true)
    } else {
      accumulate(isPair: false)
    }
  }

  /// Columns one by one, of which the last vector is not whole.
  @inline(__always)
  private static func add(
    _ tile: PanelTile, onto target: UnsafeMutablePointer<Float>, _ step: Int, rows: Int,
    columns: Int, _ whole: PanelTile.Columns
  ) {
    let width = PanelTile.columns
    withUnsafeTemporaryAllocation(of: Float.self, capacity: PanelTile.rows * width) { room in
      let p = room.baseAddress!
      tile.store(p, width, rows: rows, whole)
      for i in 0..<rows {
        for j in 0..<columns { target[i * step + j] += p[i * width + j] }
      }
    }
  }
}
