/// Softmax over the channels of every pixel, [N, H, W, C] to [N, H, W, C].
public func softmax(_ logits: Tensor, _ compute: Compute) -> Tensor {
  let (pixels, c) = (logits.shape.pixels, logits.shape.c)
  let result = compute.empty(logits.shape)
  compute.parallelBlocks(pixels, block: 1024) { _, range in
    let input = logits.base + range.lowerBound * c
    let output = result.base + range.lowerBound * c
    for p in 0..<range.count {
      let (x, y) = (input + p * c, output + p * c)
      var largest = x[0]
      for j in 1..<max(1, c) { largest = max(largest, x[j]) }
      for j in 0..<c { y[j] = x[j] - largest }
    }
    exponential(output, count: range.count * c)
    for p in 0..<range.count {
      let y = output + p * c
      var sum: Float = 0
      for j in 0..<c { sum += y[j] }
      let scale = 1 / sum
      for j in 0..<c { y[j] *= scale }
    }
  }
  return result
}
