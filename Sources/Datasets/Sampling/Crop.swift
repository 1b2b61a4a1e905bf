import Tensors

/// A window at a random place of a scaled image. Along an axis where the scaled image is smaller
/// than the window, it lies at a random place inside the window instead.
struct Crop {
  let scaledHeight: Int
  let scaledWidth: Int
  let height: Int
  let width: Int
  /// First row and column of the window in the scaled image; negative: rows and columns of padding.
  let top: Int
  let left: Int

  init(
    of sample: LabeledImage, scale: Double, height: Int, width: Int, random: inout RandomSource
  ) {
    self.init(
      ofHeight: Double(sample.height) * scale, width: Double(sample.width) * scale,
      to: (height, width), random: &random)
  }

  /// - Parameters:
  ///   - scaledHeight: that of the scaled image before rounding.
  ///   - scaledWidth: that of the scaled image before rounding.
  init(
    ofHeight scaledHeight: Double, width scaledWidth: Double, to size: (height: Int, width: Int),
    random: inout RandomSource
  ) {
    self.scaledHeight = max(1, Int(scaledHeight.rounded()))
    self.scaledWidth = max(1, Int(scaledWidth.rounded()))
    (height, width) = size
    top = Self.offset(self.scaledHeight - height, &random)
    left = Self.offset(self.scaledWidth - width, &random)
  }

  private static func offset(_ spare: Int, _ random: inout RandomSource) -> Int {
    let offset = random.below(abs(spare) + 1)
    return spare < 0 ? -offset : offset
  }

  /// The part of the window that the scaled image covers. Only that part is computed.
  func cut(_ sample: LabeledImage) -> LabeledImage {
    sample.resized(
      height: scaledHeight, width: scaledWidth,
      rows: max(0, top)..<min(scaledHeight, top + height),
      columns: max(0, left)..<min(scaledWidth, left + width))
  }

  /// The whole window, with ignored labels and a color around the part.
  func pad(_ part: LabeledImage, color: [UInt8]) -> LabeledImage {
    if part.height == height, part.width == width { return part }
    var labels = [UInt8](repeating: LabelMap.ignored, count: height * width)
    var bytes = [UInt8](repeating: 0, count: height * width * 3)
    for pixel in 0..<height * width {
      for c in 0..<3 { bytes[pixel * 3 + c] = color[c] }
    }
    let (down, right) = (max(0, -top), max(0, -left))
    for y in 0..<part.height {
      let (to, from) = ((y + down) * width + right, y * part.width)
      labels.replaceSubrange(to..<to + part.width, with: part.labels.ids[from..<from + part.width])
      bytes.replaceSubrange(
        to * 3..<(to + part.width) * 3, with: part.image.bytes[from * 3..<(from + part.width) * 3])
    }
    return LabeledImage(
      image: ColorImage(height: height, width: width, bytes: bytes),
      labels: LabelImage(height: height, width: width, ids: labels))
  }
}
