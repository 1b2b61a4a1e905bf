/// The transforms of whole tiles, 8 channels at a time: along the columns into a small room, then
/// along the rows.
extension Winograd {
  /// Weights [3, 3, in, out] to 36 matrices [in, out].
  func transformWeights(_ weights: Tensor, into u: Planes) {
    let (cin, cout) = (weights.shape.w, weights.shape.c)
    let tap = cin * cout
    compute.parallelBlocks(cin, block: max(1, 4096 / cout)) { _, range in
      withTileRoom { room in
        for i in range {
          for o in stride(from: 0, to: cout, by: 8) {
            for kx in 0..<3 {
              let w = weights.base + i * cout + o + kx * tap
              let column = Three(a: load(w, 8), b: load(w + 3 * tap, 8), c: load(w + 6 * tap, 8))
              winogradWeights(column).put(row: kx, of: room)
            }
            let target = u.address(i, o)
            for k in 0..<6 {
              winogradWeights(Three(column: k, of: room))
                .store(target + k * 6 * u.stride, step: u.stride)
            }
          }
        }
      }
    }
  }

  /// The inputs of tiles to rows `first...` of 36 matrices [tiles, channels].
  func transformInputs(
    _ x: Tensor, _ range: Range<Int>, _ zeros: Tensor, into v: Planes, at first: Int
  ) {
    let c = v.columns
    withTileRoom { room in
      withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: 36) { pointers in
        let p = pointers.baseAddress!
        for (i, tile) in range.enumerated() {
          tiles.inputs(tile, of: x.base, zeros: zeros.base, into: p)
          for o in stride(from: 0, to: c, by: 8) {
            for j in 0..<6 {
              let column = Six(
                a: load(p[j] + o, 8), b: load(p[6 + j] + o, 8), c: load(p[12 + j] + o, 8),
                d: load(p[18 + j] + o, 8), e: load(p[24 + j] + o, 8), f: load(p[30 + j] + o, 8))
              winogradInput(column).put(row: j, of: room)
            }
            let target = v.address(first + i, o)
            for k in 0..<6 {
              winogradInput(Six(column: k, of: room))
                .store(target + k * 6 * v.stride, step: v.stride)
            }
          }
        }
      }
    }
  }

  /// Rows `first...` of 36 matrices [tiles, channels] to the outputs of tiles.
  func transformOutputs(_ m: Planes, at first: Int, _ range: Range<Int>, into y: Tensor) {
    let c = m.columns
    compute.withScratch(c) { outside in
      withTileRoom { room in
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: 16) {
          let p = $0.baseAddress!
          for (i, tile) in range.enumerated() {
            tiles.outputs(tile, of: y.base, outside: outside, into: p)
            let source = m.base + (first + i) * c
            for o in stride(from: 0, to: c, by: 8) {
              for j in 0..<6 {
                winogradOutput(Six(source + o + j * m.stride, step: 6 * m.stride))
                  .put(row: j, of: room)
              }
              for k in 0..<4 {
                let row = winogradOutput(Six(column: k, of: room))
                store(row.a, p[4 * k] + o, 8)
                store(row.b, p[4 * k + 1] + o, 8)
                store(row.c, p[4 * k + 2] + o, 8)
                store(row.d, p[4 * k + 3] + o, 8)
              }
            }
          }
        }
      }
    }
  }

  /// The transpose of `transformOutputs`, for the gradient of the weights.
  func transformOutputGradients(
    _ dy: Tensor, _ range: Range<Int>, _ zeros: Tensor, into m: Planes, at first: Int
  ) {
    let c = m.columns
    withTileRoom { room in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: 16) {
        let p = $0.baseAddress!
        for (i, tile) in range.enumerated() {
          tiles.outputs(tile, of: dy.base, outside: zeros.base, into: p)
          for o in stride(from: 0, to: c, by: 8) {
            for j in 0..<4 {
              let column = Four(
                a: load(p[j] + o, 8), b: load(p[4 + j] + o, 8), c: load(p[8 + j] + o, 8),
                d: load(p[12 + j] + o, 8))
              winogradOutputGradient(column).put(row: j, of: room)
            }
            let target = m.address(first + i, o)
            for k in 0..<6 {
              winogradOutputGradient(Four(column: k, of: room))
                .store(target + k * 6 * m.stride, step: m.stride)
            }
          }
        }
      }
    }
  }

  /// The transpose of `transformWeights`: 36 matrices [in, out] onto a gradient [3, 3, in, out].
  func addWeightGradient(_ u: Planes, onto gradient: Tensor) {
    let (cin, cout) = (gradient.shape.w, gradient.shape.c)
    let tap = cin * cout
    compute.parallelBlocks(cin, block: max(1, 4096 / cout)) { _, range in
      withTileRoom { room in
        for i in range {
          for o in stride(from: 0, to: cout, by: 8) {
            let source = u.base + i * cout + o
            for j in 0..<6 {
              winogradWeightGradient(Six(source + j * u.stride, step: 6 * u.stride))
                .put(row: j, of: room)
            }
            for ky in 0..<3 {
              let row = winogradWeightGradient(Six(column: ky, of: room))
              let g = gradient.base + i * cout + o + 3 * ky * tap
              store(load(g, 8) + row.a, g, 8)
              store(load(g + tap, 8) + row.b, g + tap, 8)
              store(load(g + 2 * tap, 8) + row.c, g + 2 * tap, 8)
            }
          }
        }
      }
    }
  }
}
