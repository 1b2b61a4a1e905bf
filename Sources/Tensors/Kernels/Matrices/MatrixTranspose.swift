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
      let source = a + i * lda + j
      let t = transposed(
        (
          load(source, 8), load(source + lda, 8), load(source + 2 * lda, 8),
          load(source + 3 * lda, 8), load(source + 4 * lda, 8), load(source + 5 * lda, 8),
          load(source + 6 * lda, 8), load(source + 7 * lda, 8)
        ))
      let target = b + j * ldb + i
      store(t.0, target, 8)
      store(t.1, target + ldb, 8)
      store(t.2, target + 2 * ldb, 8)
      store(t.3, target + 3 * ldb, 8)
      store(t.4, target + 4 * ldb, 8)
      store(t.5, target + 5 * ldb, 8)
      store(t.6, target + 6 * ldb, 8)
      store(t.7, target + 7 * ldb, 8)
    }
  }
  for i in 0..<rows {
    for j in (i < wholeRows ? wholeColumns : 0)..<columns { b[j * ldb + i] = a[i * lda + j] }
  }
}
