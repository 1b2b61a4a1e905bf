/// Mean over all pixels of each image, [N, H, W, C] to [N, 1, 1, C].
package func globalAveragePool(_ x: Tensor, _ compute: Compute) -> Tensor {
  let y = sumOverPixels(x, compute)
  let scale = 1 / Float(x.shape.h * x.shape.w)
  for i in 0..<y.count { y.base[i] *= scale }
  return y
}

/// Sum over all pixels of each image, the transpose of `broadcastOverPixels`.
package func sumOverPixels(_ x: Tensor, _ compute: Compute) -> Tensor {
  let (s, c) = (x.shape, x.shape.c)
  let y = compute.zeros(Shape(n: s.n, h: 1, w: 1, c: c))
  let block = 128
  let perImage = (c + block - 1) / block
  compute.parallelFor(s.n * perImage) { piece in
    let (n, first) = (piece / perImage, piece % perImage * block)
    let out = y.base + n * c + first
    for p in n * s.h * s.w..<(n + 1) * s.h * s.w {
      let row = x.base + p * c + first
      forLanes(min(block, c - first)) { i, l in
        store(load(out + i, l) + load(row + i, l), out + i, l)
      }
    }
  }
  return y
}

/// Repeats each image's vector at every pixel, times `factor`: [N, 1, 1, C] to [N, H, W, C]. The
/// upsampling of the pooled branch (factor 1) and the transpose of the mean (factor 1 / HW).
package func broadcastOverPixels(
  _ y: Tensor, to shape: Shape, factor: Float = 1, _ compute: Compute
) -> Tensor {
  let x = compute.empty(shape)
  let (area, c) = (shape.h * shape.w, shape.c)
  compute.parallelBlocks(shape.pixels, block: rowBlock(c)) { _, range in
    for p in range {
      let source = y.base + p / area * c
      forLanes(c) { i, l in store(load(source + i, l) * factor, x.base + p * c + i, l) }
    }
  }
  return x
}
