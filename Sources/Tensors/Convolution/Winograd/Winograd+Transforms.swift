/// The transforms of whole tiles, 8 channels at a time: along the columns into a small buffer, then
/// along the rows.
extension Winograd {
  /// A part of the weights to rows `0...` of the matrices in panels: for the convolution [in, out], for
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
            let (w, target) = (kernels + i * columns.count + o, u.address(i, o))
            for x in 0..<3 {
              Rows.weights(
                { y in loadEight(w + (3 * y + x) * step) }, { y, v in room[3 * y + x] = v })
            }
            for y in 0..<Rows.points {
              Columns.weights(
                { x in room[3 * y + x] },
                { x, v in storeEight(v, target + (y * Columns.points + x) * u.stride) })
            }
          }
        }
      }
    }
  }

  /// The inputs of tiles to rows `first...` of the matrices [tiles, channels].
  func transformInputs(
    _ x: Tensor, _ range: Range<Int>, _ zeros: Tensor, into v: Planes, at first: Int
  ) {
    let (c, width) = (v.columns, Columns.points)
    withTileRoom { room in
      withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: Self.planes) {
        let p = $0.baseAddress!
        for (i, tile) in range.enumerated() {
          tiles.inputs(tile, of: x.base, zeros: zeros.base, into: p)
          for o in stride(from: 0, to: c, by: 8) {
            let target = v.address(first + i, o)
            for x in 0..<width {
              Rows.input(
                { y in loadEight(p[y * width + x] + o) }, { y, w in room[y * width + x] = w })
            }
            for y in 0..<Rows.points {
              Columns.input(
                { x in room[y * width + x] },
                { x, w in storeEight(w, target + (y * width + x) * v.stride) })
            }
          }
        }
      }
    }
  }

  /// Rows `first...` of the matrices [tiles, channels] to the outputs of tiles.
  func transformOutputs(_ m: Planes, at first: Int, _ range: Range<Int>, into y: Tensor) {
    let (c, width) = (m.columns, Columns.points)
    compute.withScratch(c) { outside in
      withTileRoom { room in
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: Self.outputs)
        {
          let p = $0.baseAddress!
          for (i, tile) in range.enumerated() {
            tiles.outputs(tile, of: y.base, outside: outside, into: p)
            for o in stride(from: 0, to: c, by: 8) {
              let source = m.address(first + i, o)
              for x in 0..<width {
                Rows.output(
                  { y in loadEight(source + (y * width + x) * m.stride) },
                  { y, v in room[y * width + x] = v })
              }
              for y in 0..<Rows.outputs {
                Columns.output(
                  { x in room[y * width + x] },
                  { x, v in storeEight(v, p[y * Columns.outputs + x] + o) })
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
    let (c, width) = (m.columns, Columns.outputs)
    withTileRoom { room in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: Self.outputs) {
        let p = $0.baseAddress!
        for (i, tile) in range.enumerated() {
          tiles.outputs(tile, of: dy.base, outside: zeros.base, into: p)
          for o in stride(from: 0, to: c, by: 8) {
            let target = m.address(first + i, o)
            for x in 0..<width {
              Rows.outputGradient(
                { y in loadEight(p[y * width + x] + o) }, { y, v in room[y * width + x] = v })
            }
            for y in 0..<Rows.points {
              Columns.outputGradient(
                { x in room[y * width + x] },
                { x, v in storeEight(v, target + (y * Columns.points + x) * m.stride) })
            }
          }
        }
      }
    }
  }

  /// The transpose of `transformWeights`: the matrices of a part of the channels onto a gradient
  /// [3, 3, in, out].
  func addWeightGradient(
    _ u: Planes, inputChannels: Range<Int>, outputChannels: Range<Int>, onto gradient: Tensor
  ) {
    let (cout, width) = (gradient.shape.c, Columns.points)
    let tap = gradient.shape.w * cout
    withTileRoom { room in
      for i in inputChannels {
        for o in stride(from: outputChannels.lowerBound, to: outputChannels.upperBound, by: 8) {
          let source = u.address(i - inputChannels.lowerBound, o - outputChannels.lowerBound)
          let target = gradient.base + i * cout + o
          for x in 0..<width {
            Rows.weightGradient(
              { y in loadEight(source + (y * width + x) * u.stride) },
              { y, v in room[y * width + x] = v })
          }
          for y in 0..<3 {
            Columns.weightGradient(
              { x in room[y * width + x] },
              { x, v in
                let g = target + (3 * y + x) * tap
                storeEight(loadEight(g) + v, g)
              })
          }
        }
      }
    }
  }
}

/// Space for the vectors of a tile between the transform along one axis and that along the other.
private typealias TileRoom = UnsafeMutablePointer<Lanes>

@inline(__always)
private func withTileRoom(_ body: (TileRoom) -> Void) {
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 36) { body($0.baseAddress!) }
}
