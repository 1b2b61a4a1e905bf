/// Zeros around the rows and columns of every image.
func pad(_ x: Tensor, by margin: Int, _ compute: Compute) -> Tensor {
  let s = x.shape
  let shape = Shape(n: s.n, h: s.h + 2 * margin, w: s.w + 2 * margin, c: s.c)
  let result = compute.empty(shape)
  let (side, row) = (margin * s.c, s.w * s.c)
  compute.parallelBlocks(shape.n * shape.h, block: 16) { _, range in
    for line in range {
      let (n, iy) = (line / shape.h, line % shape.h - margin)
      let target = result.base + line * shape.w * s.c
      if iy < 0 || iy >= s.h {
        target.update(repeating: 0, count: row + 2 * side)
      } else {
        target.update(repeating: 0, count: side)
        (target + side).update(from: x.base + (n * s.h + iy) * row, count: row)
        (target + side + row).update(repeating: 0, count: side)
      }
    }
  }
  return result
}
