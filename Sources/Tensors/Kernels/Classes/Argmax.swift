/// The class with the largest logit at every pixel, row-major, ties to the lowest class.
///
/// - Parameters:
///   - logits: [N, H, W, C] with 1 <= C <= 255 (traps otherwise); probabilities work as well.
///   - compute: threads to use; without it the calling thread does the work.
/// - Returns: N x H x W class ids. A NaN is never larger than anything.
public func argmax(logits: Tensor, _ compute: Compute? = nil) -> [UInt8] {
  let (pixels, c) = (logits.shape.pixels, logits.shape.c)
  precondition((1...255).contains(c), "argmax over \(c) classes")
  return [UInt8](unsafeUninitializedCapacity: pixels) { ids, count in
    count = pixels
    guard let output = ids.baseAddress else { return }
    let base = UnsafePointer(logits.base)
    if let compute {
      compute.parallelBlocks(pixels, block: 4096) { _, range in
        argmax(base, classes: c, range, into: output)
      }
    } else {
      argmax(base, classes: c, 0..<pixels, into: output)
    }
  }
}

/// Eight pixels at a time, then the last ones separately.
private func argmax(
  _ logits: UnsafePointer<Float>, classes c: Int, _ range: Range<Int>,
  into ids: UnsafeMutablePointer<UInt8>
) {
  let whole = range.lowerBound + range.count & ~7
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: c) { lanes in
    let z = lanes.baseAddress!
    for i in stride(from: range.lowerBound, to: whole, by: 8) {
      loadTransposed(logits + i * c, channels: c, into: z)
      var (best, largest) = (Lanes.zero, z[0])
      for j in 1..<c {
        let isLarger = z[j] .> largest
        largest.replace(with: z[j], where: isLarger)
        best.replace(with: Lanes(repeating: Float(j)), where: isLarger)
      }
      for lane in 0..<8 { ids[i + lane] = UInt8(best[lane]) }
    }
  }
  for i in whole..<range.upperBound {
    let z = logits + i * c
    var (best, largest) = (0, z[0])
    for j in 1..<c where z[j] > largest { (best, largest) = (j, z[j]) }
    ids[i] = UInt8(truncatingIfNeeded: best)
  }
}
