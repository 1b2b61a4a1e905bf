/// The transpose of a matrix [rows, columns], by blocks of 8 x 8 in registers.
///
/// - Parameters:
///   - a: [rows, columns], with `lda` floats from one row to the next.
///   - b: [columns, rows], with `ldb` floats from one row to the next.
func transpose(
  rows: Int, columns: Int, _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafeMutablePointer<Float>,
  ldb: Int
) {
  let (wholeRows, wholeColumns) = (rows & ~7, columns & ~7)
  for i in stride(from: 0, to: wholeRows, by: 8) {
    for j in stride(from: 0, to: wholeColumns, by: 8) {
      transposeBlock(a + i * lda + j, lda, b + j * ldb + i, ldb)
    }
  }
  for i in 0..<rows {
    for j in (i < wholeRows ? wholeColumns : 0)..<columns { b[j * ldb + i] = a[i * lda + j] }
  }
}

/// Separating the elements of even from those of odd index, of all 64 in a row, rotates the bits of
/// the index by one: three times exchanges row and column.
@inline(__always)
private func transposeBlock(
  _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafeMutablePointer<Float>, _ ldb: Int
) {
  var (v0, v1, v2, v3) = (
    load(a, 8), load(a + lda, 8), load(a + 2 * lda, 8), load(a + 3 * lda, 8)
  )
  var (v4, v5, v6, v7) = (
    load(a + 4 * lda, 8), load(a + 5 * lda, 8), load(a + 6 * lda, 8), load(a + 7 * lda, 8)
  )
  for _ in 0..<3 {
    let (p, q) = (SIMD16(lowHalf: v0, highHalf: v1), SIMD16(lowHalf: v2, highHalf: v3))
    let (r, s) = (SIMD16(lowHalf: v4, highHalf: v5), SIMD16(lowHalf: v6, highHalf: v7))
    (v0, v1, v2, v3) = (p.evenHalf, q.evenHalf, r.evenHalf, s.evenHalf)
    (v4, v5, v6, v7) = (p.oddHalf, q.oddHalf, r.oddHalf, s.oddHalf)
  }
  store(v0, b, 8)
  store(v1, b + ldb, 8)
  store(v2, b + 2 * ldb, 8)
  store(v3, b + 3 * ldb, 8)
  store(v4, b + 4 * ldb, 8)
  store(v5, b + 5 * ldb, 8)
  store(v6, b + 6 * ldb, 8)
  store(v7, b + 7 * ldb, 8)
}
