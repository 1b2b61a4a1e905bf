/// Elements that one piece of an elementwise loop covers.
package let elementBlock = 1 << 15

/// x += y, element by element.
package func add(_ y: Tensor, onto x: Tensor, _ compute: Compute) {
  precondition(x.shape == y.shape)
  compute.parallelBlocks(x.count, block: elementBlock) { _, range in
    let (p, q) = (x.base + range.lowerBound, y.base + range.lowerBound)
    forLanes(range.count) { i, n in store(load(p + i, n) + load(q + i, n), p + i, n) }
  }
}

/// x * y, element by element.
package func multiply(_ x: Tensor, _ y: Tensor, _ compute: Compute) -> Tensor {
  precondition(x.shape == y.shape)
  let result = compute.empty(x.shape)
  compute.parallelBlocks(x.count, block: elementBlock) { _, range in
    let start = range.lowerBound
    forLanes(range.count) { i, n in
      store(load(x.base + start + i, n) * load(y.base + start + i, n), result.base + start + i, n)
    }
  }
  return result
}

/// Adds one number per channel, in place. `bias` is [1, 1, 1, C].
package func addBias(_ bias: Tensor, onto x: Tensor, _ compute: Compute) {
  let c = x.shape.c
  compute.parallelBlocks(x.shape.pixels, block: 1024) { _, range in
    for p in range {
      let row = x.base + p * c
      forLanes(c) { i, n in store(load(row + i, n) + load(bias.base + i, n), row + i, n) }
    }
  }
}

/// Adds the sum over all pixels of each channel onto `gradient`, [1, 1, 1, C].
package func accumulateBiasGradient(_ dy: Tensor, onto gradient: Tensor) {
  let c = dy.shape.c
  for i in 0..<c {
    var sum = 0.0
    for p in 0..<dy.shape.pixels { sum += Double(dy.base[p * c + i]) }
    gradient.base[i] += Float(sum)
  }
}
