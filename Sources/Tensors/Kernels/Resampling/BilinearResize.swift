/// Bilinear interpolation of feature maps.
package struct BilinearResize: Sendable {
  /// With `align_corners` the outermost samples coincide; without it (the default of current
  /// frameworks and of torchvision's DeepLabV3), the pixel areas do.
  package var alignCorners: Bool

  package init(alignCorners: Bool = false) { self.alignCorners = alignCorners }

  /// Where an output coordinate reads: two neighbors and the weight of the second.
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
    let y = compute.empty(Shape(n: x.shape.n, h: height, w: width, c: x.shape.c))
    resize(x, height: height, from: 0, into: y, compute)
    return y
  }

  /// Some rows of one resized image, [1, rows, width, C], with the same bits as in `forward`.
  /// - Parameter height: of the whole image.
  package func rows(
    _ range: Range<Int>, of image: Int, _ x: Tensor, height: Int, width: Int, _ compute: Compute
  ) -> Tensor {
    let y = compute.empty(Shape(n: 1, h: range.count, w: width, c: x.shape.c))
    resize(x, height: height, from: image * height + range.lowerBound, into: y, compute)
    return y
  }

  /// - Parameters:
  ///   - height: of a whole image.
  ///   - start: the first row of `y` among the rows of all resized images.
  private func resize(
    _ x: Tensor, height: Int, from start: Int, into y: Tensor, _ compute: Compute
  ) {
    let (s, width) = (x.shape, y.shape.w)
    let (c, rowLength) = (s.c, s.w * s.c)
    let (rows, columns) = (sources(from: s.h, to: height), sources(from: s.w, to: width))
    // Whole vectors per pixel: what one writes past its channels is overwritten by the next, except
    // at the end of a row.
    let padded = (c + 7) & ~7
    compute.parallelBlocks(y.shape.n * y.shape.h, block: 16) { _, range in
      compute.withScratch(rowLength + 8) { blended in
        blended.update(repeating: 0, count: rowLength + 8)
        for row in range {
          let source = rows[(start + row) % height]
          let image = x.base + (start + row) / height * s.h * rowLength
          let (a, b) = (image + source.first * rowLength, image + source.second * rowLength)
          forLanes(rowLength) { i, l in
            let v = load(a + i, l)
            store(
              v.addingProduct(load(b + i, l) - v, ChannelLanes(repeating: source.share)),
              blended + i, l)
          }
          var out = y.base + row * width * c
          for index in 0..<width {
            let column = columns[index]
            let (p, q) = (blended + column.first * c, blended + column.second * c)
            forLanes(index * c + padded <= width * c ? padded : c) { i, l in
              let v = load(p + i, l)
              store(
                v.addingProduct(load(q + i, l) - v, ChannelLanes(repeating: column.share)), out + i,
                l)
            }
            out += c
          }
        }
      }
    }
  }
}

extension BilinearResize {
  /// The transpose of `forward`: [N, height, width, C] to the input's shape.
  package func backward(_ dy: Tensor, input s: Shape, _ compute: Compute) -> Tensor {
    let (height, width) = (dy.shape.h, dy.shape.w)
    let narrow = alongColumns(dy, sources(from: s.w, to: width), to: s.w, compute)
    let (rows, rowLength) = (sources(from: s.h, to: height), s.w * s.c)
    let dx = compute.empty(s)
    // Every input row gathers the rows that read it; they are consecutive.
    compute.parallelFor(s.n * s.h) { target in
      let (n, y) = (target / s.h, target % s.h)
      let out = dx.base + target * rowLength
      out.update(repeating: 0, count: rowLength)
      let start = rows.firstIndex { $0.second >= y } ?? height
      for i in start..<height {
        if rows[i].first > y { break }
        let source = narrow.base + (n * height + i) * rowLength
        let isBoth = rows[i].first == rows[i].second
        let share = isBoth ? 1 : rows[i].first == y ? 1 - rows[i].share : rows[i].share
        if share == 0 { continue }
        forLanes(rowLength) { j, l in
          store(
            load(out + j, l).addingProduct(load(source + j, l), ChannelLanes(repeating: share)),
            out + j,
            l)
        }
      }
    }
    return dx
  }

  /// [N, H, W, C] to [N, H, w, C]: each pixel's gradient goes to the two columns it reads.
  private func alongColumns(
    _ dy: Tensor, _ columns: [Source], to width: Int, _ compute: Compute
  ) -> Tensor {
    let s = dy.shape
    let c = s.c
    // Pixels that read the same two columns are summed before they are added.
    var runs: [Range<Int>] = []
    for x in columns.indices {
      if let last = runs.last, columns[last.lowerBound].first == columns[x].first {
        runs[runs.count - 1] = last.lowerBound..<x + 1
      } else {
        runs.append(x..<x + 1)
      }
    }
    let narrow = compute.empty(Shape(n: s.n, h: s.h, w: width, c: c))
    compute.parallelBlocks(s.n * s.h, block: 16) { _, range in
      for row in range {
        let out = narrow.base + row * width * c
        out.update(repeating: 0, count: width * c)
        let source = dy.base + row * s.w * c
        for run in runs {
          let column = columns[run.lowerBound]
          let (p, q) = (out + column.first * c, out + column.second * c)
          forLanes(c) { i, l in
            var (first, second) = (ChannelLanes.zero, ChannelLanes.zero)
            for x in run {
              let g = load(source + x * c + i, l)
              let part = g * columns[x].share
              second += part
              first += g - part
            }
            store(load(p + i, l) + first, p + i, l)
            store(load(q + i, l) + second, q + i, l)
          }
        }
      }
    }
    return narrow
  }
}
