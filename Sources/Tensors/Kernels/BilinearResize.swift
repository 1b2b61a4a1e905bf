/// Bilinear interpolation of feature maps.
package struct BilinearResize: Sendable {
  /// With aligned corners the outermost samples coincide; without (the default of current
  /// frameworks and of torchvision's DeepLabV3) pixel areas do.
  package var alignCorners: Bool

  package init(alignCorners: Bool = false) { self.alignCorners = alignCorners }

  /// Where an output coordinate reads: two neighbours and the share of the second.
  struct Source {
    var first: Int
    var second: Int
    var share: Float
  }

  func sources(from input: Int, to output: Int) -> [Source] {
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
    // Whole vectors a pixel: what one writes past its channels the next overwrites, except at the
    // end of a row.
    let padded = (c + 7) & ~7
    compute.parallelBlocks(s.n * height, block: 16) { _, range in
      compute.withScratch(rowLength + 8) { blended in
        blended.update(repeating: 0, count: rowLength + 8)
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
          for index in 0..<width {
            let column = columns[index]
            let (p, q) = (blended + column.first * c, blended + column.second * c)
            forLanes(index * c + padded <= width * c ? padded : c) { i, l in
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
}
