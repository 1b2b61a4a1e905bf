/// The tiles of 3 or 4 rows and columns of outputs, each from two more of inputs, that a 3x3
/// convolution at stride 1 is cut into. A convolution with dilation d is d x d interleaved ones
/// without dilation: its tiles step by d.
struct WinogradTiles {
  let input: Shape
  let output: Shape
  let dilation: Int
  let padding: Int
  /// The outputs of a tile along each axis.
  let height: Int
  let width: Int
  /// The first output row of each row of tiles, and the first column.
  private let rows: [Int]
  private let columns: [Int]

  init(_ geometry: ConvolutionGeometry, input: Shape, output: Shape) {
    (self.input, self.output) = (input, output)
    (dilation, padding) = (geometry.dilation, geometry.padding)
    height = Self.outputs(output.h, dilation)
    width = Self.outputs(output.w, dilation)
    rows = Self.starts(output.h, dilation, outputs: height)
    columns = Self.starts(output.w, dilation, outputs: width)
  }

  private static func starts(_ size: Int, _ dilation: Int, outputs: Int) -> [Int] {
    (0..<min(size, dilation)).flatMap { Array(stride(from: $0, to: size, by: outputs * dilation)) }
  }

  /// Multiplications along one extent for tiles with this many outputs.
  private static func multiplications(_ size: Int, _ dilation: Int, outputs: Int) -> Int {
    let step = outputs * dilation
    return (0..<min(size, dilation)).reduce(0) { sum, first in
      sum + (outputs + 2) * ((size - first + step - 1) / step)
    }
  }

  /// The outputs of a tile along one extent: the number that needs fewer multiplications.
  private static func outputs(_ size: Int, _ dilation: Int) -> Int {
    let (three, four) = (
      multiplications(size, dilation, outputs: 3), multiplications(size, dilation, outputs: 4)
    )
    return three < four ? 3 : 4
  }

  /// Multiplications along one extent; an image needs the product of both extents' numbers.
  static func multiplications(_ size: Int, dilation: Int) -> Int {
    multiplications(size, dilation, outputs: outputs(size, dilation))
  }

  var count: Int { input.n * rows.count * columns.count }

  private func place(_ tile: Int) -> (n: Int, y: Int, x: Int) {
    let row = tile / columns.count
    return (row / rows.count, rows[row % rows.count], columns[tile % columns.count])
  }

  /// The locations of a tile's inputs, row by row; `zeros` for those in the padding.
  @inline(__always)
  func inputs(
    _ tile: Int, of x: UnsafePointer<Float>, zeros: UnsafePointer<Float>,
    into pointers: UnsafeMutablePointer<UnsafePointer<Float>>
  ) {
    let (n, y0, x0) = place(tile)
    let image = x + n * input.h * input.w * input.c
    for i in 0..<height + 2 {
      let iy = y0 - padding + i * dilation
      let isRow = iy >= 0 && iy < input.h
      for j in 0..<width + 2 {
        let ix = x0 - padding + j * dilation
        let isInside = isRow && ix >= 0 && ix < input.w
        pointers[i * (width + 2) + j] = isInside ? image + (iy * input.w + ix) * input.c : zeros
      }
    }
  }

  /// The locations of a tile's outputs, row by row; `outside` for those past the border.
  @inline(__always)
  func outputs(
    _ tile: Int, of y: UnsafeMutablePointer<Float>, outside: UnsafeMutablePointer<Float>,
    into pointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  ) {
    let (n, y0, x0) = place(tile)
    let image = y + n * output.h * output.w * output.c
    for i in 0..<height {
      let oy = y0 + i * dilation
      for j in 0..<width {
        let ox = x0 + j * dilation
        let isInside = oy < output.h && ox < output.w
        pointers[i * width + j] = isInside ? image + (oy * output.w + ox) * output.c : outside
      }
    }
  }
}
