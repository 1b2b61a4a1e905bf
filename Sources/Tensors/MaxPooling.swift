/// Max pooling with a 3 x 3 window, stride 2 and padding 1, as behind the stem of a ResNet.
package enum MaxPooling {
  package static func output(of s: Shape) -> Shape {
    Shape(n: s.n, h: (s.h - 1) / 2 + 1, w: (s.w - 1) / 2 + 1, c: s.c)
  }

  /// [N, H, W, C] to [N, ceil(H / 2), ceil(W / 2), C].
  package static func forward(_ x: Tensor, _ compute: Compute) -> Tensor {
    let (s, o, c) = (x.shape, output(of: x.shape), x.shape.c)
    let y = compute.empty(o)
    compute.parallelBlocks(o.n * o.h, block: 4) { _, rows in
      for row in rows {
        let (n, oy) = (row / o.h, row % o.h)
        for ox in 0..<o.w {
          let out = y.base + (row * o.w + ox) * c
          forLanes(c) { i, l in store(Lanes(repeating: -.infinity), out + i, l) }
          forEachTap(s, oy, ox) { iy, ix in
            let source = x.base + ((n * s.h + iy) * s.w + ix) * c
            forLanes(c) { i, l in
              store(larger(load(out + i, l), load(source + i, l)), out + i, l)
            }
          }
        }
      }
    }
    return y
  }

  /// The gradient goes to the first input of the window, in row-major order, that is the maximum.
  package static func backward(_ dy: Tensor, x: Tensor, y: Tensor, _ compute: Compute) -> Tensor {
    let (s, o, c) = (x.shape, dy.shape, x.shape.c)
    let dx = compute.zeros(s)
    compute.parallelFor(s.n) { n in
      for pixel in n * o.h * o.w..<(n + 1) * o.h * o.w {
        let (oy, ox) = (pixel / o.w % o.h, pixel % o.w)
        forLanes(c) { i, l in
          var rest = load(dy.base + pixel * c + i, l)
          let largest = load(y.base + pixel * c + i, l)
          forEachTap(s, oy, ox) { iy, ix in
            let offset = ((n * s.h + iy) * s.w + ix) * c + i
            let hit = load(x.base + offset, l) .== largest
            let target = load(dx.base + offset, l)
            store(target + rest.replacing(with: 0, where: .!hit), dx.base + offset, l)
            rest.replace(with: 0, where: hit)
          }
        }
      }
    }
    return dx
  }

  @inline(__always)
  private static func forEachTap(
    _ s: Shape, _ oy: Int, _ ox: Int, _ body: (_ iy: Int, _ ix: Int) -> Void
  ) {
    for iy in max(0, 2 * oy - 1)..<min(s.h, 2 * oy + 2) {
      for ix in max(0, 2 * ox - 1)..<min(s.w, 2 * ox + 2) { body(iy, ix) }
    }
  }
}
