/// Elements that one piece of an elementwise loop covers.
package let elementBlock = 1 << 15

/// x += y, element by element.
package func add(_ y: Tensor, onto x: Tensor, _ compute: Compute) {
  precondition(x.shape == y.shape)
  compute.parallelElements(x.count) { range in
    let (p, q) = (x.base + range.lowerBound, y.base + range.lowerBound)
    forLanes(range.count) { i, n in store(load(p + i, n) + load(q + i, n), p + i, n) }
  }
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
package func accumulateBiasGradient(_ dy: Tensor, onto gradient: Tensor, _ compute: Compute) {
  let (pixels, c) = (dy.shape.pixels, dy.shape.c)
  let block = rowBlock(c)
  let blocks = (pixels + block - 1) / block
  let parts = compute.empty(Shape(n: blocks, h: 1, w: 1, c: c))
  compute.parallelBlocks(pixels, block: block) { b, range in
    let sums = parts.base + b * c
    sums.update(repeating: 0, count: c)
    forRows(range, c, RowSum(sums: sums, term: ElementTerm(x: dy.base)))
  }
  for i in 0..<c {
    var sum = 0.0
    for b in 0..<blocks { sum += Double(parts.base[b * c + i]) }
    gradient.base[i] += Float(sum)
  }
}
