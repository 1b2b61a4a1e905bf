/// The transforms of whole tiles, 8 channels at a time: along the columns into a small room, then
/// along the rows.
extension Winograd {
  /// A part of the weights to rows `0...` of 36 matrices in panels: for the convolution [in, out], for
  /// the gradient of its input [out, in] with the kernel's axes reversed.
  ///
  /// - Parameters:
  ///   - rows: input channels, or output channels for the gradient; multiples of 8.
  ///   - columns: the others.
  func transformWeights(
    _ weights: Tensor, isGradient: Bool, rows: Range<Int>, columns: Range<Int>, into u: Planes
  ) {
    let step = rows.count * columns.count
    compute.withScratch(9 * step) { kernels in
      // Tap by tap, since nine places a large power of two apart would share the same cache sets.
      for tap in 0..<9 {
        let target = kernels + tap * step
        let cout = weights.shape.c
        if isGradient {
          transpose(
            rows: columns.count, columns: rows.count,
            weights.base + ((8 - tap) * weights.shape.w + columns.lowerBound) * cout
              + rows.lowerBound, lda: cout, target, ldb: columns.count)
        } else {
          let source = weights.base + (tap * weights.shape.w + rows.lowerBound) * cout
          for i in 0..<rows.count {
            copyLanes(
              source + i * cout + columns.lowerBound, target + i * columns.count, columns.count)
          }
        }
      }
      withTileRoom { room in
        for i in 0..<rows.count {
          for o in stride(from: 0, to: columns.count, by: 8) {
            let w = kernels + i * columns.count + o
            for kx in 0..<3 {
              let p = w + kx * step
              winogradWeights(
                Three(a: load(p, 8), b: load(p + 3 * step, 8), c: load(p + 6 * step, 8))
              ).put(row: kx, of: room)
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
            for o in stride(from: 0, to: c, by: 8) {
              let source = m.address(first + i, o)
              for j in 0..<6 {
                winogradOutput(Six(source + j * m.stride, step: 6 * m.stride))
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

  /// The transpose of `transformWeights`: 36 matrices of a part of the channels onto a gradient
  /// [3, 3, in, out].
  func addWeightGradient(
    _ u: Planes, inputChannels: Range<Int>, outputChannels: Range<Int>, onto gradient: Tensor
  ) {
    let cout = gradient.shape.c
    let tap = gradient.shape.w * cout
    withTileRoom { room in
      for i in inputChannels {
        for o in stride(from: outputChannels.lowerBound, to: outputChannels.upperBound, by: 8) {
          let source = u.address(i - inputChannels.lowerBound, o - outputChannels.lowerBound)
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
