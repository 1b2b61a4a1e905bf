import Tensors
import TestSupport
import Testing

/// Loops are cut finer for many threads; that must not change a bit.
@Suite struct CutTests {
  /// Runs everything on the calling thread, and counts the pieces of the largest loop.
  private final class Counter: LoopObserver, @unchecked Sendable {
    var most = 0

    func run(_ loop: LoopPlace, _ count: Int, _ body: (Int) -> Void) {
      most = max(most, count)
      for i in 0..<count { body(i) }
    }
  }

  private struct Case: CustomTestStringConvertible {
    var geometry: ConvolutionGeometry
    var input: Shape
    var testDescription: String {
      "\(geometry.inputChannels) to \(geometry.outputChannels), kernel \(geometry.kernel), stride "
        + "\(geometry.stride), dilation \(geometry.dilation), \(input)"
    }

    init(
      _ cin: Int, _ cout: Int, _ kernel: Int, stride: Int = 1, dilation: Int = 1, _ n: Int,
      _ h: Int, _ w: Int
    ) {
      geometry = ConvolutionGeometry(
        inputChannels: cin, outputChannels: cout, kernel: kernel, stride: stride,
        dilation: dilation)
      input = Shape(n: n, h: h, w: w, c: cin)
    }
  }

  /// One for each algorithm, and for each way in which it cuts its work.
  private static let cases = [
    Case(3, 64, 7, stride: 2, 2, 38, 50),
    Case(20, 24, 3, stride: 2, 3, 31, 37),
    Case(24, 19, 1, 2, 80, 50),
    Case(64, 128, 3, stride: 2, 2, 31, 37),
    Case(160, 256, 3, stride: 2, 2, 34, 66),
    Case(64, 64, 3, 2, 24, 48),
    Case(72, 104, 3, 2, 41, 80),
    Case(256, 256, 3, dilation: 2, 4, 6, 12),
    Case(136, 200, 3, 2, 6, 12),
    Case(256, 1024, 1, 2, 17, 33),
    Case(1024, 256, 1, 2, 17, 33),
    Case(1000, 600, 1, 4, 12, 24),
    Case(128, 64, 1, 2, 17, 33),
    Case(512, 19, 1, 2, 12, 24),
    Case(256, 512, 1, stride: 2, 2, 24, 48),
  ]

  @Test(arguments: cases) private func convolutionsHaveTheSameBits(_ it: Case) {
    let geometry = it.geometry
    let x = randomTensor(it.input, seed: 7)
    let weights = randomTensor(geometry.weightShape, seed: 8)
    let dy = randomTensor(geometry.output(of: it.input), seed: 9)
    func results(_ threads: Int) -> (values: [[Float]], pieces: [Int]) {
      let passes: [(Compute) -> Tensor] = [
        { convolve(x, weights, geometry, $0) },
        { convolutionInputGradient(dy, weights, geometry, input: it.input, $0) },
        { compute in
          let gradient = randomTensor(geometry.weightShape, seed: 10)
          accumulateConvolutionWeightGradient(x, dy, geometry, onto: gradient, compute)
          return gradient
        },
      ]
      return passes.reduce(into: ([], [])) { results, pass in
        let counter = Counter()
        results.0.append(pass(Compute(threads: threads, ranks: nil, observer: counter)).array)
        results.1.append(counter.most)
      }
    }
    let one = results(1)
    for threads in [2, 3, 5, 16, 64] {
      let isSame = results(threads).values == one.values
      #expect(isSame, "\(threads) threads")
    }
    // There are no more pieces for two threads than for one, and enough for many.
    #expect(results(2).pieces == one.pieces)
    let pieces = results(64).pieces
    #expect(
      pieces.allSatisfy { $0 >= 12 } || it.input.c * geometry.outputChannels < 1 << 14, "\(pieces)")
  }

  @Test(arguments: [(2, 6, 12, 512), (8, 6, 12, 100), (3, 31, 37, 20), (1, 1, 3, 2048)])
  func normalizationHasTheSameBits(n: Int, h: Int, w: Int, c: Int) {
    let shape = Shape(n: n, h: h, w: w, c: c)
    let (x, dy) = (randomTensor(shape, seed: 1), randomTensor(shape, seed: 2))
    let row = Shape(n: 1, h: 1, w: 1, c: c)
    let (scale, shift) = (randomTensor(row, seed: 3), randomTensor(row, seed: 4))
    func results(_ threads: Int) -> [[Float]] {
      let compute = Compute(threads: threads, ranks: nil, observer: Counter())
      let moments = batchMoments(x, compute)
      let normalizer = Normalizer(
        mean: moments.mean, variance: moments.variance, scale: scale, shift: shift, epsilon: 1e-5,
        relu: true, compute)
      let gradients = (Tensor(row), Tensor(row))
      let back = normalizer.backward(
        dy, x: x, residual: .tensor(x), scaleGradient: gradients.0, shiftGradient: gradients.1,
        compute)
      return [
        moments.mean, moments.variance, normalizer.output(of: x, compute), back.dx,
        back.residual ?? dy, gradients.0, gradients.1,
      ].map(\.array)
    }
    let one = results(1)
    for threads in [3, 16, 64] {
      let isSame = results(threads) == one
      #expect(isSame, "\(threads) threads")
    }
  }

  @Test func adamHasTheSameBits() {
    let shape = Shape(n: 3, h: 3, w: 61, c: 127)
    func results(_ threads: Int) -> [[Float]] {
      let tensors = (0..<4).map { randomTensor(shape, seed: UInt64($0)) }
      for i in 0..<tensors[3].count { tensors[3].base[i] *= tensors[3].base[i] }
      AdamStep(learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 3).apply(
        tensors[0], to: tensors[1], first: tensors[2], second: tensors[3],
        Compute(threads: threads, ranks: nil, observer: Counter()))
      return tensors.map(\.array)
    }
    let isSame = results(64) == results(1)
    #expect(isSame)
  }

  /// Of any length, without a gap, at multiples of the unit, and none too short to be worth it.
  @Test func piecesCoverTheWholeInOrder() {
    for (count, block, parts, unit, least) in [
      (0, 4, 3, 2, 1), (1, 4, 3, 2, 1), (100, 100, 7, 6, 24), (577, 289, 9, 48, 20),
      (577, 289, 9, 24, 20), (4096, 4096, 64, 1024, 4096), (130, 65, 1, 6, 6), (48, 7, 100, 1, 1),
    ] {
      let pieces = pieces(of: count, block: block, parts: parts, unit: unit, least: least)
      #expect(pieces.flatMap(Array.init) == Array(0..<count))
      for piece in pieces {
        #expect(piece.lowerBound % block % unit == 0)
        #expect(piece.count >= min(least, min(block, count - piece.lowerBound / block * block)))
        #expect(piece.lowerBound / block == (piece.upperBound - 1) / block)
      }
    }
  }

  /// What OpenBLAS promises nowhere, but what the cut of its products relies on, for the kernels that it
  /// chose here.
  @Test(arguments: [(false, false), (false, true), (true, false)])
  func rowsOfAProductHaveTheSameBitsInItsParts(transposeA: Bool, transposeB: Bool) {
    // Keeps BLAS to one thread.
    _ = Compute()
    var random = RandomSource(seed: 11)
    func pick(_ values: [Int]) -> Int { values[Int(random.uniform() * Double(values.count))] }
    for _ in 0..<40 {
      let (m, n) = (pick([64, 96, 130, 256, 289, 577]), pick([19, 48, 100, 256, 304, 512]))
      let (k, parts) = (pick([16, 64, 144, 288, 576, 1000]), pick([2, 5, 12, 64]))
      let block = pick([m, (m + 3) / 4])
      let a = randomTensor(Shape(n: 1, h: 1, w: m, c: k), seed: 1)
      let b = randomTensor(Shape(n: 1, h: 1, w: k, c: n), seed: 2)
      func product(_ ranges: [Range<Int>]) -> [Float] {
        let c = randomTensor(Shape(n: 1, h: 1, w: m, c: n), seed: 3)
        for rows in ranges {
          gemm(
            transposeA: transposeA, transposeB: transposeB, m: rows.count, n: n, k: k,
            a.base + rows.lowerBound * (transposeA ? 1 : k), lda: transposeA ? m : k, b.base,
            ldb: transposeB ? k : n, beta: transposeA ? 1 : 0, c.base + rows.lowerBound * n, ldc: n)
        }
        return c.array
      }
      let blocks = stride(from: 0, to: m, by: block).map { $0..<min(m, $0 + block) }
      let pieces = productPieces(of: m, block: block, n: n, k: k, parts: parts)
      let isSame = product(pieces) == product(blocks)
      #expect(isSame, "\(m) x \(n) x \(k) in \(pieces)")
    }
  }
}
