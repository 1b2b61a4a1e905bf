import Tensors
import TestSupport
import Testing

/// Exchanges between ranks, and what is summed over them; ranks are threads here.
@Suite struct RanksTests {
  private func run<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (any Communicator) throws -> Value
  ) throws -> [Value] {
    try ThreadRanks.run(count, body).map { try $0.get() }
  }

  @Test func partsLieInRankOrder() throws {
    for all in try run(3, { $0.gathered([$0.rank, 10 * $0.rank]) }) {
      #expect(all == [0, 0, 1, 10, 2, 20])
    }
    for all in try run(
      3, { ranks in ranks.gathered(unequal: [UInt8](repeating: 7, count: ranks.rank)) })
    { #expect(all == [[], [7], [7, 7]]) }
    for text in try run(3, { $0.broadcasted($0.rank == 1 ? [4, 5] : [], from: 1) }) {
      #expect(text == [4, 5])
    }
  }

  /// Element p of rank r's parts goes to rank p, at place r. What was begun later may be asked first.
  @Test func exchangesThatDoNotWait() throws {
    let received = try run(4) { ranks in
      let parts = Tensor(Shape(n: 4, h: 1, w: 1, c: 1), (0..<4).map { Float(10 * ranks.rank + $0) })
      let (columns, all) = (Tensor(parts.shape), Tensor(Shape(n: 4, h: 4, w: 1, c: 1)))
      let first = ranks.startTranspose(parts.bytes, into: columns.mutableBytes)
      let second = ranks.startGather(parts.bytes, into: all.mutableBytes)
      ranks.barrier()
      second.wait()
      while !first.isDone() {}
      return columns.array + all.array
    }
    for (rank, values) in received.enumerated() {
      #expect(values.prefix(4) == [0, 10, 20, 30].map { Float($0 + rank) }[...])
      #expect(values.dropFirst(4).map { Int($0) } == (0..<16).map { 10 * ($0 / 4) + $0 % 4 })
    }
  }

  @Test(arguments: [2, 4])
  func momentsAreThoseOfAllPixels(count: Int) throws {
    let shape = Shape(n: 4, h: 37, w: 41, c: 130)
    let x = randomTensor(shape, seed: 1)
    for i in 0..<x.count { x[i] = x[i] * 0.01 + Float(i % 130) }
    let one = batchMoments(x, Compute(threads: 1))
    let results = try run(count) { ranks in
      let compute = Compute(threads: 1, ranks: ranks)
      let moments = batchMoments(x.part(of: ranks, compute), over: ranks, compute)
      return (moments.mean.array, moments.variance.array, moments.count)
    }
    for (mean, variance, pixels) in results {
      #expect(Difference(mean, one.mean.array).isWithin(1e-7))
      #expect(Difference(variance, one.variance.array).isWithin(1e-5))
      #expect(pixels == one.count)
      #expect(mean == results[0].0 && variance == results[0].1)
    }
  }

  @Test(arguments: [2, 4], [false, true])
  func normalizerGradientsAreThoseOfAllPixels(count: Int, hasResidual: Bool) throws {
    let shape = Shape(n: 4, h: 9, w: 11, c: 20)
    let (x, dy, added) = (
      randomTensor(shape, seed: 1), randomTensor(shape, seed: 2), randomTensor(shape, seed: 3)
    )
    @Sendable func backward(_ ranks: (any Communicator)?) -> [[Float]] {
      let compute = Compute(threads: 1, ranks: ranks)
      func part(_ t: Tensor) -> Tensor { ranks.map { t.part(of: $0, compute) } ?? t }
      let channels = Shape(n: 1, h: 1, w: 1, c: shape.c)
      let (scale, shift) = (Tensor(channels, filledWith: 2), Tensor(channels, filledWith: 0.5))
      let moments = batchMoments(part(x), over: ranks, compute)
      let normalizer = Normalizer(
        mean: moments.mean, variance: moments.variance, scale: scale, shift: shift, epsilon: 1e-5,
        relu: true, ranks: ranks, compute)
      let (dScale, dShift) = (Tensor(channels), Tensor(channels))
      let (dx, dAdded) = normalizer.backward(
        part(dy), x: part(x), residual: hasResidual ? .tensor(part(added)) : .none,
        scaleGradient: dScale, shiftGradient: dShift, compute)
      return [dx.array, dAdded?.array ?? [], dScale.array, dShift.array]
    }
    let one = backward(nil)
    let results = try run(count) { backward($0) }
    for part in 0..<2 {
      #expect(Difference(results.flatMap { $0[part] }, one[part]).isWithin(1e-5))
    }
    // Each rank has the whole batch's, and the same bits.
    for result in results {
      #expect(result[2] == results[0][2] && result[3] == results[0][3])
      #expect(Difference(result[2], one[2]).isWithin(1e-5))
      #expect(Difference(result[3], one[3]).isWithin(1e-5))
    }
  }

  /// The masks of the ranks are those of one rank, one after another, and what is drawn next is the same.
  @Test func dropoutMasksAreThoseOfTheWholeBatch() throws {
    let shape = Shape(n: 4, h: 3, w: 5, c: 7)
    @Sendable func masked(_ ranks: (any Communicator)?) -> [[Float]] {
      let compute = Compute(threads: 1, ranks: ranks)
      var random = RandomSource(seed: 5)
      return (0..<2).map { _ in
        let ones = Tensor(shape, filledWith: 1)
        let x = ranks.map { ones.part(of: $0, compute) } ?? ones
        let mask = DropoutMask(rate: 0.5, count: x.count, &random, partOf: ranks)
        return mask.applied(to: x, compute).array
      }
    }
    let (one, parts) = (masked(nil), try run(4) { masked($0) })
    for i in 0..<2 { #expect(parts.flatMap { $0[i] } == one[i]) }
  }

  @Test func oneRankIsNone() {
    #expect(
      ThreadRanks.run(1) { Compute(ranks: $0).ranks == nil }.allSatisfy { (try? $0.get()) == true })
    #expect(Compute().ranks == nil)
  }

  @Test func launchersSayHowManyTheyStarted() {
    #expect(MPIRanks.launched([:]) == 1)
    #expect(MPIRanks.launched(["OMPI_COMM_WORLD_SIZE": "4"]) == 4)
    #expect(MPIRanks.launched(["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "3"]) == 3)
    // A batch script, outside any step.
    #expect(MPIRanks.launched(["SLURM_PROCID": "0", "SLURM_NTASKS": "3"]) == 1)
    #expect(MPIRanks.start([:]) == nil)
  }
}
