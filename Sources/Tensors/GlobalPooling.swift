/// Mean over all pixels of each image, [N, H, W, C] to [N, 1, 1, C].
package func globalAveragePool(_ x: Tensor, _ compute: Compute) -> Tensor {
  let (s, c) = (x.shape, x.shape.c)
  let y = compute.zeros(Shape(n: s.n, h: 1, w: 1, c: c))
  let scale = 1 / Float(s.h * s.w)
  compute.parallelFor(s.n) { n in
    let out = y.base + n * c
    for p in n * s.h * s.w..<(n + 1) * s.h * s.w {
      forLanes(c) { i, l in store(load(out + i, l) + load(x.base + p * c + i, l), out + i, l) }
    }
    forLanes(c) { i, l in store(load(out + i, l) * scale, out + i, l) }
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
  compute.parallelFor(shape.n) { n in
    for p in n * area..<(n + 1) * area {
      forLanes(c) { i, l in store(load(y.base + n * c + i, l) * factor, x.base + p * c + i, l) }
    }
  }
  return x
}

/// Sum over all pixels of each image, the transpose of `broadcastOverPixels`.
package func sumOverPixels(_ x: Tensor, _ compute: Compute) -> Tensor {
  let y = globalAveragePool(x, compute)
  let area = Float(x.shape.h * x.shape.w)
  for i in 0..<y.count { y.base[i] *= area }
  return y
}
