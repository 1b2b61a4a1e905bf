/// Lays the input pixels that each output pixel sees side by side, so that a convolution becomes
/// a matrix product (Chellapilla et al. 2006).
struct Im2col {
  /// Kernel positions whose inputs lie next to each other and can be copied in one run.
  private struct Segment {
    var dy: Int
    var dx: Int
    var taps: Int
  }
  private let geometry: ConvolutionGeometry
  private let input: Shape
  private let output: Shape
  private let segments: [Segment]
  /// Floats of one row of the matrix, `taps * inputChannels`.
  let columns: Int

  init(_ geometry: ConvolutionGeometry, input: Shape, output: Shape, taps: [Tap]) {
    (self.geometry, self.input, self.output) = (geometry, input, output)
    columns = taps.count * input.c
    var segments: [Segment] = []
    for tap in taps {
      if let last = segments.last, geometry.dilation == 1, last.dy == tap.dy,
        last.dx + last.taps == tap.dx
      {
        segments[segments.count - 1].taps += 1
      } else {
        segments.append(Segment(dy: tap.dy, dx: tap.dx, taps: 1))
      }
    }
    self.segments = segments
  }

  /// Fills one matrix row per output pixel of the range (flattened over n, h, w).
  func fill(_ x: UnsafePointer<Float>, pixels: Range<Int>, into matrix: UnsafeMutablePointer<Float>)
  {
    var (pixel, row) = (pixels.lowerBound, matrix)
    while pixel < pixels.upperBound {
      let ox = pixel % output.w
      let oy = pixel / output.w % output.h
      let n = pixel / (output.w * output.h)
      let run = min(output.w - ox, pixels.upperBound - pixel)
      var column = 0
      for segment in segments {
        fillRow(
          x + n * input.h * input.w * input.c, segment, oy: oy, ox: ox, run: run, row + column)
        column += segment.taps * input.c
      }
      pixel += run
      row += run * columns
    }
  }

  private func fillRow(
    _ image: UnsafePointer<Float>, _ segment: Segment, oy: Int, ox: Int, run: Int,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let c = input.c
    let length = segment.taps * c
    let iy = oy * geometry.stride + segment.dy
    var target = target
    guard iy >= 0 && iy < input.h else {
      for _ in 0..<run {
        forLanes(length) { i, n in store(.zero, target + i, n) }
        target += columns
      }
      return
    }
    let source = image + iy * input.w * c
    for i in 0..<run {
      let ix = (ox + i) * geometry.stride + segment.dx
      if ix >= 0 && ix + segment.taps <= input.w {
        copyLanes(source + ix * c, target, length)
      } else {
        for t in 0..<segment.taps {
          let inside = ix + t >= 0 && ix + t < input.w
          forLanes(c) { j, n in
            store(inside ? load(source + (ix + t) * c + j, n) : .zero, target + t * c + j, n)
          }
        }
      }
      target += columns
    }
  }
}
