/// The class with the largest logit at every pixel, row-major, ties to the lowest class.
///
/// - Parameters:
///   - logits: [N, H, W, C] with 1 <= C <= 255 (traps otherwise); probabilities work as well.
///   - compute: threads to use; without it the calling thread does the work.
/// - Returns: N x H x W class ids. A NaN is never larger than anything.
public func argmax(logits: Tensor, _ compute: Compute? = nil) -> [UInt8] {
  argmax(logits: logits, adding: [Float](repeating: 0, count: logits.shape.c), compute)
}

/// The same after a constant for each class is added to its logits.
/// - Parameter constants: one for each class (traps otherwise).
package func argmax(
  logits: Tensor, adding constants: [Float], _ compute: Compute? = nil
) -> [UInt8] {
  let (pixels, c) = (logits.shape.pixels, logits.shape.c)
  precondition((1...255).contains(c), "argmax over \(c) classes")
  precondition(constants.count == c)
  return [UInt8](unsafeUninitializedCapacity: pixels) { ids, count in
    count = pixels
    guard let output = ids.baseAddress else { return }
    let base = UnsafePointer(logits.base)
    if let compute {
      compute.parallelBlocks(pixels, block: 4096) { _, range in
        argmax(base, adding: constants, range, into: output)
      }
    } else {
      argmax(base, adding: constants, 0..<pixels, into: output)
    }
  }
}

/// Eight pixels at a time, then the last ones separately.
private func argmax(
  _ logits: UnsafePointer<Float>, adding constants: [Float], _ range: Range<Int>,
  into ids: UnsafeMutablePointer<UInt8>
) {
  let c = constants.count
  let whole = range.lowerBound + range.count & ~7
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: c) { lanes in
    let z = lanes.baseAddress!
    for i in stride(from: range.lowerBound, to: whole, by: 8) {
      loadTransposed(logits + i * c, channels: c, into: z)
      var (best, largest) = (Lanes.zero, z[0] + constants[0])
      for j in 1..<c {
        let value = z[j] + constants[j]
        let isLarger = value .> largest
        largest.replace(with: value, where: isLarger)
        best.replace(with: Lanes(repeating: Float(j)), where: isLarger)
      }
      for lane in 0..<8 { ids[i + lane] = UInt8(best[lane]) }
    }
  }
  for i in whole..<range.upperBound {
    let z = logits + i * c
    var (best, largest) = (0, z[0] + constants[0])
    for j in 1..<c where z[j] + constants[j] > largest {
      (best, largest) = (j, z[j] + constants[j])
    }
    ids[i] = UInt8(truncatingIfNeeded: best)
  }
}
