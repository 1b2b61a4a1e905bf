import Tensors
import Testing

@Suite struct BufferCacheTests {
  private func tensor(_ compute: Compute, _ floats: Int) -> Tensor {
    compute.empty(Shape(n: 1, h: 1, w: 1, c: floats))
  }

  /// Random sizes, small and large, taken and given back in any order: no two overlap, and all of
  /// it is free in the end.
  @Test func lentBuffersNeverOverlap() {
    let compute = Compute()
    var random = RandomSource(seed: 1)
    var lent: [(tensor: Tensor, mark: Float)] = []
    for step in 0..<2000 {
      if lent.isEmpty || (random.below(5) < 3 && lent.count < 60) {
        let size = 1 + random.below(random.below(2) == 0 ? 300 : 200_000)
        let new = tensor(compute, size)
        new.fill(Float(step))
        lent.append((new, Float(step)))
      } else {
        let (old, mark) = lent.remove(at: random.below(lent.count))
        #expect(old.elements.allSatisfy { $0 == mark })
      }
    }
    for (tensor, mark) in lent { #expect(tensor.elements.allSatisfy { $0 == mark }) }
    #expect(compute.cache.usedFloats > 0)
    lent = []
    #expect(compute.cache.usedFloats == 0)
  }

  /// What one size freed serves another; a cache by size would ask for it again.
  @Test func memoryServesOtherSizes() {
    let compute = Compute()
    let floats = 10 << 20
    do { _ = tensor(compute, floats) }
    let once = compute.cache.allocatedFloats
    do { _ = (0..<7).map { tensor(compute, floats / (8 + $0)) } }
    do { _ = tensor(compute, floats / 2 + 1) }
    do { _ = tensor(compute, floats) }
    #expect(once >= floats && compute.cache.allocatedFloats == once)
  }

  @Test func emptyTensorsAreValid() {
    let compute = Compute()
    let none = tensor(compute, 0)
    #expect(none.count == 0 && compute.zeros(none.shape).array == [])
  }

  @Test func onlyTheOnlyReferenceIsReused() {
    let compute = Compute()
    var mine = tensor(compute, 9)
    let address = mine.base
    #expect(compute.reusing(&mine).base == address)
    let other = mine
    #expect(compute.reusing(&mine).base != address)
    #expect(other.base == address)
  }
}
