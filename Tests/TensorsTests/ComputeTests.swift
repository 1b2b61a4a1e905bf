import Tensors
import TestSupport
import Testing

@Suite struct ComputeTests {
  @Test(arguments: [1, 2, 3, 7]) func everyIndexIsVisitedOnce(threads: Int) {
    let compute = Compute(threads: threads)
    for count in [0, 1, 2, 63, 1000] {
      let visits = Tensor(Shape(n: 1, h: 1, w: 1, c: count))
      for _ in 0..<20 { compute.parallelFor(count) { visits.base[$0] += 1 } }
      #expect(visits.array == [Float](repeating: 20, count: count))
    }
  }

  @Test func sumsAreTheSameBitsForAnyNumberOfThreads() {
    let values = randomTensor(Shape(n: 1, h: 1, w: 1, c: 100_003), seed: 1)
    let sums = [1, 2, 4].map { threads in
      Compute(threads: threads).parallelSum(values.count, block: 777) { range in
        range.reduce(0) { $0 + Double(values.base[$1]) * 1e-3 }
      }
    }
    #expect(Set(sums.map(\.bitPattern)).count == 1)
  }

  @Test func memoryIsReused() {
    let compute = Compute()
    func step() { _ = (0..<5).map { compute.empty(Shape(n: 1, h: 1, w: $0 + 1, c: 100)) } }
    step()
    let after = compute.cache.allocatedFloats
    for _ in 0..<10 { step() }
    #expect(after > 0 && compute.cache.allocatedFloats == after)
  }

  @Test func streamsOfDifferentPurposesAndCountersDiffer() {
    var sources = [
      RandomSource(seed: 1, purpose: "a"), RandomSource(seed: 1, purpose: "b"),
      RandomSource(seed: 2, purpose: "a"), RandomSource(seed: 1, purpose: "a", counter: 1),
    ]
    let firsts = sources.indices.map { sources[$0].next() }
    #expect(Set(firsts).count == 4)
    var again = RandomSource(seed: 1, purpose: "a")
    #expect(again.next() == firsts[0])
  }

  @Test func normalNumbersHaveTheirMoments() {
    var random = RandomSource(seed: 5)
    let values = (0..<200_000).map { _ in random.normal() }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    let beyond = values.count { abs($0) > 1.959_964 }
    #expect(abs(mean) < 0.01 && abs(variance - 1) < 0.02)
    #expect(abs(Double(beyond) / Double(values.count) - 0.05) < 0.003)
  }
}
