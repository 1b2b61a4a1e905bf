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
          loadEight(source), loadEight(source + lda), loadEight(source + 2 * lda),
          loadEight(source + 3 * lda), loadEight(source + 4 * lda), loadEight(source + 5 * lda),
          loadEight(source + 6 * lda), loadEight(source + 7 * lda)
        ))
      let target = b + j * ldb + i
      storeEight(t.0, target)
      storeEight(t.1, target + ldb)
      storeEight(t.2, target + 2 * ldb)
      storeEight(t.3, target + 3 * ldb)
      storeEight(t.4, target + 4 * ldb)
      storeEight(t.5, target + 5 * ldb)
      storeEight(t.6, target + 6 * ldb)
      storeEight(t.7, target + 7 * ldb)
    }
  }
  for i in 0..<rows {
    for j in (i < wholeRows ? wholeColumns : 0)..<columns { b[j * ldb + i] = a[i * lda + j] }
  }
}
