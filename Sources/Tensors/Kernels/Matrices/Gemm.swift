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
