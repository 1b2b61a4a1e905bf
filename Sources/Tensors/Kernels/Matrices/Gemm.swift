import COpenBLAS

/// C = alpha op(A) op(B) + beta C, row-major, on the calling thread (BLAS sgemm).
///
/// - Parameters:
///   - m, n, k: op(A) is m x k, op(B) is k x n, C is m x n.
///   - lda, ldb, ldc: elements from one stored row to the next.
package func gemm(
  transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
  _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int, beta: Float = 0,
  _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
  guard m > 0, n > 0 else { return }
  cblas_sgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c,
    blasint(ldc))
}

/// The library that runs the products and its kernel set, for a run's record.
package func blasDescription() -> String {
  String(cString: openblas_get_config()) + ", kernels for "
    + String(cString: openblas_get_corename())
}

extension Compute {
  /// Runs `body`, which calls `gemm`, over the rows of a product of n columns that sums over k: blocks of
  /// `block`, cut further for many threads.
  func parallelProducts(
    _ rows: Int, block: Int, n: Int, k: Int, file: StaticString = #fileID, line: UInt = #line,
    _ body: (Range<Int>) -> Void
  ) {
    let pieces = productPieces(
      of: rows, block: block, n: n, k: k, parts: parts(of: (rows + block - 1) / block))
    parallelFor(pieces.count, file: file, line: line) { body(pieces[$0]) }
  }
}

/// Rows of products for one thread each.
///
/// OpenBLAS gives a row the same bits in a part of a product as in the whole if the part starts at a
/// multiple of the rows that its kernels take at once (up to 12), and is not so small that it takes another
/// path (a million multiplications). Every part packs the right operand again: parts of 24 rows take one
/// and a half times as long as large ones, those of 48 a third longer.
package func productPieces(
  of rows: Int, block: Int, n: Int, k: Int, parts: Int
) -> [Range<Int>] {
  let least = (1 << 20) / max(1, n * k) + 1
  let coarse = pieces(of: rows, block: block, parts: parts, unit: 48, least: least)
  let blocks = (rows + block - 1) / max(1, block)
  guard coarse.count * 4 <= blocks * parts else { return coarse }
  return pieces(of: rows, block: block, parts: parts, unit: 24, least: least)
}
