/// Products of small matrices for the convolutions here, where BLAS would spend up to half of the
/// time on packing operands that are already in the right order.
///
/// Six rows by sixteen columns of the result are kept in registers: twelve vectors, two of the right
/// operand, and one broadcast element of the left.
package enum PanelProduct {
  /// Columns of the result that are computed at once.
  package static let width = 16

  /// Floats of the right operand [k, n] as panels of `width` columns each, the last padded.
  package static func panelSize(k: Int, n: Int) -> Int { (n + width - 1) / width * width * k }

  /// Columns of the left operand that are processed before the next: this keeps a panel of the
  /// right one in the first-level cache, and float sums short.
  private static let depth = 256

  /// C = A B, or C += A B, with A [m, k] by rows, B in panels, [n / 16, k, 16], and C [m, n] by rows.
  /// n is a multiple of 8.
  package static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int, panels: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, adding: Bool = false
  ) {
    for column in Swift.stride(from: 0, to: n, by: width) {
      let isWhole = column + width <= n
      for first in Swift.stride(from: 0, to: k, by: depth) {
        let b = panels + column * k + first * width
        for row in Swift.stride(from: 0, to: m, by: 6) {
          let rows = min(6, m - row)
          let target = c + row * ldc + column
          var tile = Tile()
          let left = LeftRows(rows: rows) { i in a + (row + i) * lda + first }
          tile.accumulate(k: min(depth, k - first), left: left, leftStep: 1, b)
          if adding || first > 0 { tile.add(target, ldc, rows: rows, isWhole: isWhole) }
          tile.store(target, ldc, rows: rows, isWhole: isWhole)
        }
      }
    }
  }

  /// sums += A B for one panel of B, [k, 16], with the rows of A anywhere in memory; nil: a row of
  /// zeros. Sums are [rows, 16].
  ///
  /// - Parameter isLive: whether any of each six rows is not nil; the others are skipped.
  static func accumulate(
    rows count: Int, k: Int, _ a: UnsafePointer<UnsafePointer<Float>?>,
    where isLive: UnsafePointer<Bool>, panels b: UnsafePointer<Float>,
    zeros: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>
  ) {
    for first in Swift.stride(from: 0, to: k, by: depth) {
      for row in Swift.stride(from: 0, to: count, by: 6) where isLive[row / 6] {
        let rows = min(6, count - row)
        let target = sums + row * width
        var tile = Tile()
        let left = LeftRows(rows: rows) { i in a[row + i].map { $0 + first } ?? zeros }
        tile.accumulate(
          k: min(depth, k - first), left: left, leftStep: 1, b + first * width)
        tile.add(target, width, rows: rows, isWhole: true)
        tile.store(target, width, rows: rows, isWhole: true)
      }
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

  /// C = A^T B, or C += A^T B, C [m, n] by rows. A [k, m] lies in panels of 8 columns,
  /// [m / 8, k, 8], B [k, n] in panels of 16. m and n are multiples of 8.
  package static func multiplyTransposed(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, panels: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, adding: Bool
  ) {
    for column in Swift.stride(from: 0, to: n, by: width) {
      let isWhole = column + width <= n
      for first in Swift.stride(from: 0, to: k, by: depth) {
        let b = panels + column * k + first * width
        for row in Swift.stride(from: 0, to: m, by: 6) {
          let rows = min(6, m - row)
          let target = c + row * ldc + column
          var tile = Tile()
          let left = LeftRows(rows: rows) { i in
            a + (row + i) / 8 * 8 * k + (row + i) % 8 + first * 8
          }
          tile.accumulate(k: min(depth, k - first), left: left, leftStep: 8, b)
          if adding || first > 0 { tile.add(target, ldc, rows: rows, isWhole: isWhole) }
          tile.store(target, ldc, rows: rows, isWhole: isWhole)
        }
      }
    }
  }

  /// C += A^T B with the columns of A [k, m] next to each other and its rows `leftStep` floats apart
  /// (they may overlap), B [k, 16] with rows `rightStep` apart, and C's rows `ldc` apart.
  ///
  /// - Parameter columns: those of C that are written, at most 16.
  static func accumulateTransposed(
    m: Int, k: Int, _ a: UnsafePointer<Float>, leftStep: Int, _ b: UnsafePointer<Float>,
    rightStep: Int, _ c: UnsafeMutablePointer<Float>, ldc: Int, columns: Int
  ) {
    for first in Swift.stride(from: 0, to: k, by: depth) {
      for row in Swift.stride(from: 0, to: m, by: 6) {
        let rows = min(6, m - row)
        let left = LeftRows(rows: rows) { i in a + row + i + first * leftStep }
        var tile = Tile()
        tile.accumulate(
          k: min(depth, k - first), left: left, leftStep: leftStep, b + first * rightStep,
          rightStep: rightStep)
        let target = c + row * ldc
        if columns == width {
          tile.add(target, ldc, rows: rows, isWhole: true)
          tile.store(target, ldc, rows: rows, isWhole: true)
        } else {
          withUnsafeTemporaryAllocation(of: Float.self, capacity: 6 * width) { room in
            let p = room.baseAddress!
            tile.store(p, width, rows: rows, isWhole: true)
            for i in 0..<rows {
              for j in 0..<columns { target[i * ldc + j] += p[i * width + j] }
            }
          }
        }
      }
    }
  }
}

/// Where the elements of six rows of the left operand lie.
private struct LeftRows {
  let p0: UnsafePointer<Float>
  let p1: UnsafePointer<Float>
  let p2: UnsafePointer<Float>
  let p3: UnsafePointer<Float>
  let p4: UnsafePointer<Float>
  let p5: UnsafePointer<Float>

  /// Rows past the end repeat the last one; their results are not stored.
  @inline(__always)
  init(rows: Int, _ row: (Int) -> UnsafePointer<Float>) {
    p0 = row(0)
    p1 = row(min(1, rows - 1))
    p2 = row(min(2, rows - 1))
    p3 = row(min(3, rows - 1))
    p4 = row(min(4, rows - 1))
    p5 = row(min(5, rows - 1))
  }
}

/// Six by sixteen elements of the result.
private struct Tile {
  var a0 = Lanes.zero
  var a1 = Lanes.zero
  var b0 = Lanes.zero
  var b1 = Lanes.zero
  var c0 = Lanes.zero
  var c1 = Lanes.zero
  var d0 = Lanes.zero
  var d1 = Lanes.zero
  var e0 = Lanes.zero
  var e1 = Lanes.zero
  var f0 = Lanes.zero
  var f1 = Lanes.zero

  @inline(__always)
  mutating func accumulate(
    k: Int, left: LeftRows, leftStep: Int, _ right: UnsafePointer<Float>,
    rightStep: Int = PanelProduct.width
  ) {
    var (i, r) = (0, right)
    for _ in 0..<k {
      let (x, y) = (Tensors.load(r, 8), Tensors.load(r + 8, 8))
      let v0 = Lanes(repeating: left.p0[i])
      a0 = a0.addingProduct(v0, x)
      a1 = a1.addingProduct(v0, y)
      let v1 = Lanes(repeating: left.p1[i])
      b0 = b0.addingProduct(v1, x)
      b1 = b1.addingProduct(v1, y)
      let v2 = Lanes(repeating: left.p2[i])
      c0 = c0.addingProduct(v2, x)
      c1 = c1.addingProduct(v2, y)
      let v3 = Lanes(repeating: left.p3[i])
      d0 = d0.addingProduct(v3, x)
      d1 = d1.addingProduct(v3, y)
      let v4 = Lanes(repeating: left.p4[i])
      e0 = e0.addingProduct(v4, x)
      e1 = e1.addingProduct(v4, y)
      let v5 = Lanes(repeating: left.p5[i])
      f0 = f0.addingProduct(v5, x)
      f1 = f1.addingProduct(v5, y)
      i &+= leftStep
      r += rightStep
    }
  }

  @inline(__always)
  private func storeRow(_ x: Lanes, _ y: Lanes, _ p: UnsafeMutablePointer<Float>, _ isWhole: Bool) {
    Tensors.store(x, p, 8)
    if isWhole { Tensors.store(y, p + 8, 8) }
  }

  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>, _ step: Int, rows: Int, isWhole: Bool) {
    storeRow(a0, a1, p, isWhole)
    if rows > 1 { storeRow(b0, b1, p + step, isWhole) }
    if rows > 2 { storeRow(c0, c1, p + 2 * step, isWhole) }
    if rows > 3 { storeRow(d0, d1, p + 3 * step, isWhole) }
    if rows > 4 { storeRow(e0, e1, p + 4 * step, isWhole) }
    if rows > 5 { storeRow(f0, f1, p + 5 * step, isWhole) }
  }

  /// Adds what is stored onto the tile.
  @inline(__always)
  mutating func add(_ p: UnsafePointer<Float>, _ step: Int, rows: Int, isWhole: Bool) {
    addRow(&a0, &a1, p, isWhole)
    if rows > 1 { addRow(&b0, &b1, p + step, isWhole) }
    if rows > 2 { addRow(&c0, &c1, p + 2 * step, isWhole) }
    if rows > 3 { addRow(&d0, &d1, p + 3 * step, isWhole) }
    if rows > 4 { addRow(&e0, &e1, p + 4 * step, isWhole) }
    if rows > 5 { addRow(&f0, &f1, p + 5 * step, isWhole) }
  }

  @inline(__always)
  private func addRow(
    _ x: inout Lanes, _ y: inout Lanes, _ p: UnsafePointer<Float>, _ isWhole: Bool
  ) {
    x += Tensors.load(p, 8)
    if isWhole { y += Tensors.load(p + 8, 8) }
  }
}
