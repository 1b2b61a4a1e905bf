/// x *= factor, element by element.
package func scale(_ x: Tensor, by factor: Float, _ compute: Compute) {
  let p = x.base
  compute.parallelBlocks(x.count, block: 1 << 14) { _, range in
    for i in range { p[i] *= factor }
  }
}

/// x += factor y, element by element.
package func add(_ y: Tensor, times factor: Float, onto x: Tensor, _ compute: Compute) {
  precondition(x.shape == y.shape)
  let (p, q) = (x.base, y.base)
  compute.parallelBlocks(x.count, block: 1 << 14) { _, range in
    for i in range { p[i] += factor * q[i] }
  }
}
