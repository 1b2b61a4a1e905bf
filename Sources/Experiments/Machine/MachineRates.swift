import Files
import Foundation
import Tensors

/// What this machine computes and moves per second, on some threads. Each number is the best of a
/// quarter of a second: what other programs take away makes it lower, and never higher.
package struct MachineRates {
  private static let budget = 0.25
  private static let fewest = 3

  package let threads: Int
  private let compute: Compute

  package init(threads: Int) {
    self.threads = threads
    compute = Compute(threads: threads)
  }

  /// Side of the square matrices that each thread multiplies: large enough for all of a kernel's speed,
  /// and small enough that some are not interrupted on a busy machine.
  package static let productSize = 512

  /// BLAS sgemm, GF/s: each thread multiplies matrices of its own rows.
  package func products() -> Double {
    let n = Self.productSize
    let square = Shape(n: 1, h: 1, w: n, c: n)
    let (b, tall) = (Tensor(square, filledWith: 0.5), Shape(n: threads, h: 1, w: n, c: n))
    let (a, c) = (Tensor(tall, filledWith: 0.5), Tensor(tall))
    return Self.rate(of: 2e-9 * Double(threads) * Double(n * n * n)) {
      compute.parallelFor(threads) { i in
        gemm(
          m: n, n: n, k: n, a.base + i * n * n, lda: n, b.base, ldb: n, c.base + i * n * n, ldc: n)
      }
    }
  }

  /// Fused multiplications and additions of single precision in registers, in this program's own
  /// vector instructions, GF/s: nothing is loaded or stored, so no product can be faster.
  package func multiplyAdds() -> Double {
    let rounds = 200_000
    func rate(_ lanes: Int, _ body: @escaping (Int, Float) -> Float) -> Double {
      let sink = Tensor(Shape(n: 1, h: 1, w: 1, c: threads))
      return Self.rate(of: 2e-9 * Double(threads * rounds * chains * lanes)) {
        compute.parallelFor(threads) { i in sink.base[i] = body(rounds, 0.5) }
      }
    }
    return max(rate(8, multiplyAddEight), rate(16, multiplyAddSixteen))
  }

  /// Floats of each of the three arrays of `triads`.
  package static let triadSize = 1 << 24

  /// a = b + 0.5 c, GB/s of what is read and written, on arrays larger than most caches.
  package func triads() -> Double {
    let shape = Shape(n: 1, h: 1, w: 1, c: Self.triadSize)
    let (b, c) = (Tensor(shape, filledWith: 1), Tensor(shape, filledWith: 2))
    let a = Tensor(shape)
    return Self.rate(of: 12e-9 * Double(Self.triadSize)) {
      compute.parallelBlocks(Self.triadSize, block: 1 << 18) { _, range in
        let (a, b, c) = (a.base, UnsafePointer(b.base), UnsafePointer(c.base))
        for i in range { a[i] = b[i] + 0.5 * c[i] }
      }
    }
  }

  /// - Parameter work: of each call, in units of 1e9.
  private static func rate(of work: Double, _ body: () -> Void) -> Double {
    var (best, spent, count) = (Double.infinity, 0.0, 0)
    while spent < budget || count < fewest {
      let start = ContinuousClock.now
      body()
      let time = seconds(since: start)
      (best, spent, count) = (min(best, time), spent + time, count + 1)
    }
    return work / best
  }
}

/// Enough that none waits for the one before: four cycles on each of two units, and some to spare.
private let chains = 12

@inline(never)
private func multiplyAddEight(_ rounds: Int, _ factor: Float) -> Float {
  multiplyAdd(SIMD8<Float>(repeating: factor), rounds)
}

@inline(never)
private func multiplyAddSixteen(_ rounds: Int, _ factor: Float) -> Float {
  multiplyAdd(SIMD16<Float>(repeating: factor), rounds)
}

/// Twelve chains x = 1 + a x.
@inline(__always)
private func multiplyAdd<Vector: SIMD<Float>>(_ a: Vector, _ rounds: Int) -> Float {
  let one = Vector(repeating: 1)
  var (c0, c1, c2, c3, c4, c5) = (one, one, one, one, one, one)
  var (d0, d1, d2, d3, d4, d5) = (one, one, one, one, one, one)
  for _ in 0..<rounds {
    c0 = one.addingProduct(c0, a)
    c1 = one.addingProduct(c1, a)
    c2 = one.addingProduct(c2, a)
    c3 = one.addingProduct(c3, a)
    c4 = one.addingProduct(c4, a)
    c5 = one.addingProduct(c5, a)
    d0 = one.addingProduct(d0, a)
    d1 = one.addingProduct(d1, a)
    d2 = one.addingProduct(d2, a)
    d3 = one.addingProduct(d3, a)
    d4 = one.addingProduct(d4, a)
    d5 = one.addingProduct(d5, a)
  }
  return (c0 + c1 + c2 + c3 + c4 + c5 + d0 + d1 + d2 + d3 + d4 + d5).sum()
}
