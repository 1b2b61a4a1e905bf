import Datasets

/// A color picture to put others into; places are pixels from the upper left corner.
struct Canvas {
  private(set) var image: ColorImage

  init(_ image: ColorImage) { self.image = image }

  /// Draws a picture; the part outside the canvas is cut off.
  mutating func draw(_ picture: ColorImage, x: Int, y: Int) {
    for row in 0..<picture.height where image.height > y + row && y + row >= 0 {
      for column in 0..<picture.width where image.width > x + column && x + column >= 0 {
        let (to, from) = ((y + row) * image.width + x + column, row * picture.width + column)
        for c in 0..<3 { image.bytes[to * 3 + c] = picture.bytes[from * 3 + c] }
      }
    }
  }

  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: [UInt8]) {
    draw(
      ColorImage(
        height: height, width: width,
        bytes: (0..<width * height).flatMap { _ in color }), x: x, y: y)
  }

  /// A line of two pixels along the inside of a rectangle.
  mutating func frame(x: Int, y: Int, width: Int, height: Int, _ color: [UInt8]) {
    for (x, y, width, height) in [
      (x, y, width, 2), (x, y + height - 2, width, 2), (x, y, 2, height),
      (x + width - 2, y, 2, height),
    ] { fill(x: x, y: y, width: width, height: height, color) }
  }
}
