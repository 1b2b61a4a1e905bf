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
            load(out + j, l).addingProduct(load(source + j, l), Lanes(repeating: share)), out + j,
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
            var (first, second) = (Lanes.zero, Lanes.zero)
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
