import Tensors

/// Whether BLAS computes what it should: old kernels have been wrong on new CPUs.
package enum BLASCheck {
  /// Odd sizes, more rows, columns and terms than one block of a kernel, and both kinds of operands.
  private static let cases: [Case] = [
    Case(m: 1, n: 1, k: 1), Case(m: 7, n: 5, k: 3, transposeB: true),
    Case(m: 17, n: 33, k: 9, transposeA: true, alpha: -0.5, beta: 1),
    Case(m: 49, n: 31, k: 65, transposeA: true, transposeB: true, beta: 0.25),
    Case(m: 64, n: 96, k: 128, beta: 1), Case(m: 131, n: 67, k: 37, transposeB: true, alpha: 2),
    Case(m: 37, n: 41, k: 701, alpha: 0.75, beta: -1),
    Case(m: 43, n: 35, k: 389, transposeA: true), Case(m: 259, n: 19, k: 23),
  ]

  struct Case {
    let m, n, k: Int
    var transposeA = false
    var transposeB = false
    var alpha: Float = 1
    var beta: Float = 0
  }

  /// A product of matrices as `gemm` computes it, m x n and k terms for each element.
  package typealias Product = (
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Float,
    _ a: [Float], _ b: [Float], _ beta: Float, _ c: inout [Float]
  ) -> Void

  /// Compares products with plain ones in double precision, in a millisecond or two.
  package static func isRight(_ product: Product = blas) -> Bool {
    // As everywhere here: one thread for BLAS.
    _ = Compute(threads: 1)
    var random = RandomSource(seed: 20)
    return cases.allSatisfy { check($0, &random, product) }
  }

  @Sendable package static func blas(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Float,
    _ a: [Float], _ b: [Float], _ beta: Float, _ c: inout [Float]
  ) {
    gemm(
      transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a,
      lda: transposeA ? m : k, b, ldb: transposeB ? k : n, beta: beta, &c, ldc: n)
  }

  private static func check(_ test: Case, _ random: inout RandomSource, _ product: Product) -> Bool
  {
    func values(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float(2 * random.uniform() - 1) }
    }
    let (m, n, k) = (test.m, test.n, test.k)
    let (a, b, start) = (values(m * k), values(k * n), values(m * n))
    var c = start
    product(test.transposeA, test.transposeB, m, n, k, test.alpha, a, b, test.beta, &c)
    // As rows of op(A) and columns of op(B), each contiguous.
    let rows = test.transposeA ? transposed(a, rows: k, columns: m) : a
    let columns = test.transposeB ? b : transposed(b, rows: k, columns: n)
    // Rounding errors of k terms below 1 are a small part of this.
    let tolerance = 4e-7 * Double(k + 8)
    for i in 0..<m {
      for j in 0..<n {
        let sum = dot(rows, i * k, columns, j * k, k)
        let expected = Double(test.alpha) * sum + Double(test.beta) * Double(start[i * n + j])
        // A value that is not a number is not within the tolerance, either.
        guard abs(Double(c[i * n + j]) - expected) <= tolerance else { return false }
      }
    }
    return true
  }

  private static func dot(_ a: [Float], _ p: Int, _ b: [Float], _ q: Int, _ count: Int) -> Double {
    var sum = 0.0
    for l in 0..<count { sum += Double(a[p &+ l]) * Double(b[q &+ l]) }
    return sum
  }

  private static func transposed(_ a: [Float], rows: Int, columns: Int) -> [Float] {
    (0..<columns).flatMap { column in (0..<rows).map { a[$0 * columns + column] } }
  }
}
