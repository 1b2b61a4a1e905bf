import Tensors

/// The sum of the selected valid pixels' cross-entropies over `count`, and its gradient; which
/// pixels are selected is not differentiated.
///
/// Everything is made in one pass as if all were kept; then the gradient of those that are not is
/// cleared.
///
/// - Parameters:
///   - count: if it is 0, so is the result.
///   - select: given keys of all pixels, which are kept. They order like the cross-entropies as
///     32-bit floats, whose bit patterns plus one they are; 0 at ignored pixels, below any valid one.
func hardestPixels(
  _ input: LossInput, count: Int,
  _ select: (_ keys: UnsafeBufferPointer<UInt32>) -> (_ index: Int) -> Bool
) -> LossResult {
  guard count > 0 else { return .zero(input) }
  let (c, pixels, compute) = (input.classes, input.labels.pixels, input.compute)
  // Whole tiles: the last one may reach beyond the batch.
  let memory = compute.empty(Shape(n: 1, h: 1, w: (pixels + 7) & ~7, c: 1))
  defer { withExtendedLifetime(memory) {} }
  return memory.base.withMemoryRebound(to: UInt32.self, capacity: memory.count) { keys in
    var result = crossEntropy(input, normaliser: Double(count)) { tile, _ in
      let ce = tile.crossEntropy
      let key = (unsafeBitCast(ce, to: SIMD8<UInt32>.self) &+ 1)
        .replacing(with: 0, where: .!tile.isValid)
      UnsafeMutableRawPointer(keys + tile.first).storeBytes(of: key, as: SIMD8<UInt32>.self)
      return (0, Lanes.zero.replacing(with: 1, where: tile.isValid))
    }.result
    let isKept = select(UnsafeBufferPointer(start: keys, count: pixels))
    let gradient = result.gradient.base
    let sum = compute.parallelSum(pixels, block: 4096) { range in
      var sum = 0.0
      for i in range where keys[i] > 0 {
        if isKept(i) {
          sum += Double(Float(bitPattern: keys[i] &- 1))
        } else {
          (gradient + i * c).update(repeating: 0, count: c)
        }
      }
      return sum
    }
    result.value = sum / Double(count)
    return result
  }
}
