import CLanes

/// Max pooling with a 3 x 3 window, stride 2 and padding 1, as after the stem of a ResNet.
package enum MaxPooling {
  /// Which position of its window, row-major from 0 to 8, each output was taken from: the first
  /// that holds the maximum. One byte per output.
  package struct Choices: Sendable {
    fileprivate let storage: Tensor

    fileprivate init(_ shape: Shape, _ compute: Compute) {
      storage = compute.empty(Shape(n: 1, h: 1, w: 1, c: (shape.count + 3) / 4))
    }

    fileprivate var base: UnsafeMutableRawPointer { UnsafeMutableRawPointer(storage.base) }
  }

  package static func output(of s: Shape) -> Shape {
    Shape(n: s.n, h: (s.h - 1) / 2 + 1, w: (s.w - 1) / 2 + 1, c: s.c)
  }

  /// [N, H, W, C] to [N, ceil(H / 2), ceil(W / 2), C].
  ///
  /// - Parameters:
  ///   - normalizer: applied to x on the fly; the normalized input is never stored as a whole.
  ///   - wantsChoices: return the choices for the backward pass.
  package static func forward(
    _ x: Tensor, through normalizer: Normalizer? = nil, wantsChoices: Bool, _ compute: Compute
  ) -> (output: Tensor, choices: Choices?) {
    let (s, o) = (x.shape, output(of: x.shape))
    let y = compute.empty(o)
    let choices = wantsChoices ? Choices(o, compute) : nil
    let rowLength = s.w * s.c
    compute.parallelBlocks(o.n * o.h, block: 4) { _, rows in
      compute.withScratch(normalizer == nil ? 1 : 3 * rowLength) { ring in
        var prepared = -1
        for row in rows {
          let (n, oy) = (row / o.h, row % o.h)
          let window = max(0, 2 * oy - 1)..<min(s.h, 2 * oy + 2)
          if let normalizer {
            for input in n * s.h + window.lowerBound..<n * s.h + window.upperBound
            where input > prepared {
              normalizer.fill(
                ring + input % 3 * rowLength, from: x.base + input * rowLength, rows: s.w)
              prepared = input
            }
          }
          poolRow(
            window, s, y.base + row * o.w * s.c, width: o.w, firstRow: 2 * oy - 1,
            choices.map { $0.base + row * o.w * s.c }
          ) { iy in
            let input = n * s.h + iy
            return UnsafePointer(
              normalizer == nil ? x.base + input * rowLength : ring + input % 3 * rowLength)
          }
        }
      }
    }
    return (y, choices)
  }

  /// One row of the output from the input rows of `window`.
  @inline(__always)
  private static func poolRow(
    _ window: Range<Int>, _ s: Shape, _ y: UnsafeMutablePointer<Float>, width: Int, firstRow: Int,
    _ choices: UnsafeMutableRawPointer?, _ input: (Int) -> UnsafePointer<Float>
  ) {
    let c = s.c
    for ox in 0..<width {
      let columns = max(0, 2 * ox - 1)..<min(s.w, 2 * ox + 2)
      forLanes(c) { i, n in
        var best = ChannelLanes(repeating: -.infinity)
        let start = (window.lowerBound - firstRow) * 3 + columns.lowerBound - (2 * ox - 1)
        var choice = Positions(repeating: Int32(start))
        for iy in window {
          let row = input(iy)
          for ix in columns {
            let v = load(row + ix * c + i, n)
            let isLarger = best .< v
            best.replace(with: v, where: isLarger)
            let position = Int32((iy - firstRow) * 3 + ix - (2 * ox - 1))
            choice.replace(with: Positions(repeating: position), where: isLarger)
          }
        }
        store(best, y + ox * c + i, n)
        if let choices { storeBytes(choice, choices + ox * c + i, n) }
      }
    }
  }

  /// The gradient goes to the chosen input.
  ///
  /// - Parameter input: the extent of the input.
  package static func backward(
    _ dy: Tensor, _ choices: Choices, input s: Shape, _ compute: Compute
  ) -> Tensor {
    let (o, c) = (dy.shape, s.c)
    let dx = compute.empty(s)
    compute.parallelBlocks(s.n * s.h, block: 8) { _, rows in
      for row in rows {
        let (n, iy) = (row / s.h, row % s.h)
        // An input row lies in one window row, or in two; so does a column.
        let above = iy / 2..<min(o.h, (iy + 1) / 2 + 1)
        for ix in 0..<s.w {
          let beside = ix / 2..<min(o.w, (ix + 1) / 2 + 1)
          let out = dx.base + (row * s.w + ix) * c
          forLanes(c) { i, l in
            var sum = ChannelLanes.zero
            for oy in above {
              for ox in beside {
                // A comparison with a scalar would be done lane by lane.
                let position = Positions(repeating: Int32((iy + 1 - 2 * oy) * 3 + ix + 1 - 2 * ox))
                let offset = ((n * o.h + oy) * o.w + ox) * c + i
                let hit = loadBytes(choices.base + offset, l) .== position
                sum += ChannelLanes.zero.replacing(with: load(dy.base + offset, l), where: hit)
              }
            }
            store(sum, out + i, l)
          }
        }
      }
    }
    return dx
  }

  private typealias Positions = ChannelLanes.MaskStorage

  @inline(__always)
  private static func storeBytes(_ v: Positions, _ p: UnsafeMutableRawPointer, _ lanes: Int) {
    let bytes = rb_byte_lanes(truncatingIfNeeded: v)
    if lanes == ChannelLanes.scalarCount {
      p.storeBytes(of: bytes, as: rb_byte_lanes.self)
    } else if lanes == HalfLanes.scalarCount {
      p.storeBytes(of: bytes.lowHalf, as: rb_half_byte_lanes.self)
    } else {
      for i in 0..<lanes { p.storeBytes(of: bytes[i], toByteOffset: i, as: UInt8.self) }
    }
  }

  @inline(__always)
  private static func loadBytes(_ p: UnsafeRawPointer, _ lanes: Int) -> Positions {
    if lanes == ChannelLanes.scalarCount {
      return Positions(truncatingIfNeeded: p.loadUnaligned(as: rb_byte_lanes.self))
    }
    if lanes == HalfLanes.scalarCount {
      let half = p.loadUnaligned(as: rb_half_byte_lanes.self)
      return Positions(truncatingIfNeeded: rb_byte_lanes(lowHalf: half, highHalf: .zero))
    }
    var v = Positions.zero
    for i in 0..<lanes { v[i] = Int32(p.load(fromByteOffset: i, as: UInt8.self)) }
    return v
  }
}
