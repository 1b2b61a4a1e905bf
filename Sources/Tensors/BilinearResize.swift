/// Bilinear interpolation of feature maps.
package struct BilinearResize: Sendable {
  /// With aligned corners the outermost samples coincide; without (the default of current
  /// frameworks and of torchvision's DeepLabV3) pixel areas do.
  package var alignCorners: Bool

  package init(alignCorners: Bool = false) { self.alignCorners = alignCorners }

  /// Where an output coordinate reads: two neighbours and the share of the second.
  private struct Source {
    var first: Int
    var second: Int
    var share: Float
  }

  private func sources(from input: Int, to output: Int) -> [Source] {
    (0..<output).map { i in
      let position: Double
      if alignCorners {
        position = output > 1 ? Double(i) * Double(input - 1) / Double(output - 1) : 0
      } else {
        position = max(0, (Double(i) + 0.5) * Double(input) / Double(output) - 0.5)
      }
      let first = min(input - 1, Int(position))
      return Source(
        first: first, second: min(input - 1, first + 1), share: Float(position - Double(first)))
    }
  }

  /// [N, h, w, C] to [N, height, width, C].
  package func forward(_ x: Tensor, height: Int, width: Int, _ compute: Compute) -> Tensor {
    let s = x.shape
    let (c, rowLength) = (s.c, s.w * s.c)
    let y = compute.empty(Shape(n: s.n, h: height, w: width, c: c))
    let (rows, columns) = (sources(from: s.h, to: height), sources(from: s.w, to: width))
    compute.parallelBlocks(s.n * height, block: 16) { _, range in
      compute.withScratch(rowLength) { blended in
        for row in range {
          let source = rows[row % height]
          let image = x.base + row / height * s.h * rowLength
          let (a, b) = (image + source.first * rowLength, image + source.second * rowLength)
          forLanes(rowLength) { i, l in
            let v = load(a + i, l)
            store(
              v.addingProduct(load(b + i, l) - v, Lanes(repeating: source.share)), blended + i, l)
          }
          var out = y.base + row * width * c
          for column in columns {
            let (p, q) = (blended + column.first * c, blended + column.second * c)
            forLanes(c) { i, l in
              let v = load(p + i, l)
              store(v.addingProduct(load(q + i, l) - v, Lanes(repeating: column.share)), out + i, l)
            }
            out += c
          }
        }
      }
    }
    return y
  }

  /// The transpose of `forward`: [N, height, width, C] to the input's shape.
  package func backward(_ dy: Tensor, input s: Shape, _ compute: Compute) -> Tensor {
    let (c, rowLength) = (s.c, s.w * s.c)
    let (height, width) = (dy.shape.h, dy.shape.w)
    let (rows, columns) = (sources(from: s.h, to: height), sources(from: s.w, to: width))
    // First along columns, row by row; then every input row gathers the rows that read it.
    let narrow = compute.zeros(Shape(n: s.n, h: height, w: s.w, c: c))
    compute.parallelBlocks(s.n * height, block: 16) { _, range in
      for row in range {
        let out = narrow.base + row * rowLength
        var source = dy.base + row * width * c
        for column in columns {
          let (p, q) = (out + column.first * c, out + column.second * c)
          forLanes(c) { i, l in
            let g = load(source + i, l)
            let second = g * column.share
            store(load(p + i, l) + (g - second), p + i, l)
            store(load(q + i, l) + second, q + i, l)
          }
          source += c
        }
      }
    }
    let dx = compute.zeros(s)
    compute.parallelFor(s.n) { n in
      for (i, row) in rows.enumerated() {
        let source = narrow.base + (n * height + i) * rowLength
        let image = dx.base + n * s.h * rowLength
        let (p, q) = (image + row.first * rowLength, image + row.second * rowLength)
        forLanes(rowLength) { j, l in
          let g = load(source + j, l)
          let second = g * row.share
          store(load(p + j, l) + (g - second), p + j, l)
          store(load(q + j, l) + second, q + j, l)
        }
      }
    }
    return dx
  }
}
