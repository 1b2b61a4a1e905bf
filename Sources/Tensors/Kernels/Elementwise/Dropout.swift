/// A mask for inverted dropout (Srivastava et al. 2014): 0 with probability `rate`, else
/// 1 / (1 - rate), drawn in element order. Instead of the mask, the state of its random source
/// is stored.
package struct DropoutMask: Sendable {
  package let rate: Double
  private let random: RandomSource

  /// - Parameters:
  ///   - count: of the elements.
  ///   - random: moved past the numbers of these elements on all ranks.
  ///   - ranks: of whose elements, joined along N, these are the part of one rank; nil: the whole.
  package init(
    rate: Double, count: Int, _ random: inout RandomSource, partOf ranks: (any Communicator)? = nil
  ) {
    self.rate = rate
    let (rank, ranks) = (ranks?.rank ?? 0, ranks?.count ?? 1)
    if rate > 0 { random.skip(rank * count) }
    self.random = random
    if rate > 0 { random.skip((ranks - rank) * count) }
  }

  /// x times the mask, in x's memory if the caller gave up the only reference to it.
  package func applied(to x: consuming Tensor, _ compute: Compute) -> Tensor {
    guard rate > 0 else { return x }
    let target = compute.reusing(&x)
    let x = x
    let keep = Float(1 / (1 - rate))
    let threshold = UInt32(rate * 0x1p32)
    compute.parallelBlocks(x.count, block: elementBlock) { _, range in
      var random = self.random
      random.skip(range.lowerBound)
      var i = range.lowerBound
      while i + 8 <= range.upperBound {
        // The difference's sign bit, since the compiler compares whole numbers one by one.
        let isDropped = ((random.nextEight() &>> 32) &- UInt64(threshold)) &>> 63
        let factor = (isDropped &- 1) & UInt64(keep.bitPattern)
        let halves = unsafeBitCast(factor, to: SIMD16<UInt32>.self).evenHalf
        storeEight(
          loadEight(x.base + i) * unsafeBitCast(halves, to: Lanes.self), target.base + i)
        i += 8
      }
      for i in i..<range.upperBound {
        target.base[i] = x.base[i] * (random.next() >> 32 < UInt64(threshold) ? 0 : keep)
      }
    }
    return target
  }
}
