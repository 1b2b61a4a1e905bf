/// Softmax over the channels of every pixel, [N, H, W, C] to [N, H, W, C].
public func softmax(_ logits: Tensor, _ compute: Compute) -> Tensor {
  let (pixels, c) = (logits.shape.pixels, logits.shape.c)
  let result = compute.empty(logits.shape)
  guard c > 0 else { return result }
  compute.parallelBlocks(pixels, block: 1024) { _, range in
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * c) { lanes in
      let powers = lanes.baseAddress!
      let spare = UnsafeMutableRawPointer(powers + c).assumingMemoryBound(to: Float.self)
      for i in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
        let (input, output) = (logits.base + i * c, result.base + i * c)
        let rest = range.upperBound - i
        guard rest < 8 else {
          softmax(input, output, channels: c, powers)
          continue
        }
        spare.initialize(repeating: 0, count: 8 * c)
        spare.update(from: input, count: rest * c)
        softmax(spare, spare, channels: c, powers)
        output.update(from: spare, count: rest * c)
      }
    }
  }
  return result
}

/// The softmax of eight pixels, [8, C].
///
/// - Parameter powers: space for C vectors.
@inline(__always)
private func softmax(
  _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, channels c: Int,
  _ powers: UnsafeMutablePointer<Lanes>
) {
  loadTransposed(input, channels: c, into: powers)
  var largest = powers[0]
  for j in 1..<max(1, c) { largest = larger(largest, powers[j]) }
  var sum = Lanes.zero
  for j in 0..<c {
    powers[j] = exponential(powers[j] - largest)
    sum += powers[j]
  }
  let scale = 1 / sum
  for j in 0..<c { powers[j] *= scale }
  storeTransposed(powers, channels: c, into: output)
}
