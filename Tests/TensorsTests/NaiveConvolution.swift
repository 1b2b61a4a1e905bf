import Tensors

/// The textbook loops, in Double: the oracle of the fast convolutions.
struct NaiveConvolution {
  let geometry: ConvolutionGeometry
  let input: Shape
  let output: Shape

  init(_ geometry: ConvolutionGeometry, input: Shape) {
    (self.geometry, self.input) = (geometry, input)
    output = geometry.output(of: input)
  }

  /// Calls `body` with the flat indices of every (output, weight, input) triple that is multiplied.
  private func forEachTriple(_ body: (_ y: Int, _ w: Int, _ x: Int) -> Void) {
    let g = geometry
    for n in 0..<output.n {
      for oy in 0..<output.h {
        for ox in 0..<output.w {
          for ky in 0..<g.kernel {
            for kx in 0..<g.kernel {
              let iy = oy * g.stride + ky * g.dilation - g.padding
              let ix = ox * g.stride + kx * g.dilation - g.padding
              guard iy >= 0, iy < input.h, ix >= 0, ix < input.w else { continue }
              for i in 0..<g.inputChannels {
                for o in 0..<g.outputChannels {
                  body(
                    ((n * output.h + oy) * output.w + ox) * g.outputChannels + o,
                    ((ky * g.kernel + kx) * g.inputChannels + i) * g.outputChannels + o,
                    ((n * input.h + iy) * input.w + ix) * g.inputChannels + i)
                }
              }
            }
          }
        }
      }
    }
  }

  func forward(_ x: Tensor, _ weights: Tensor) -> [Double] {
    var result = [Double](repeating: 0, count: output.count)
    let (a, b) = (x.array, weights.array)
    forEachTriple { y, w, x in result[y] += Double(a[x]) * Double(b[w]) }
    return result
  }

  func inputGradient(_ dy: Tensor, _ weights: Tensor) -> [Double] {
    var result = [Double](repeating: 0, count: input.count)
    let (d, b) = (dy.array, weights.array)
    forEachTriple { y, w, x in result[x] += Double(d[y]) * Double(b[w]) }
    return result
  }

  func weightGradient(_ x: Tensor, _ dy: Tensor) -> [Double] {
    var result = [Double](repeating: 0, count: geometry.weightShape.count)
    let (a, d) = (x.array, dy.array)
    forEachTriple { y, w, x in result[w] += Double(a[x]) * Double(d[y]) }
    return result
  }
}
