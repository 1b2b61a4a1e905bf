import Tensors

/// Random brightness, contrast and saturation, in this order, each a factor uniform in
/// [1 - strength, 1 + strength]: a blend of the image with black, with its mean gray level, and
/// with its own gray, clamped to 0...255 after each step.
package struct ColorJitter {
  let brightness: Float
  let contrast: Float
  let saturation: Float

  package init(brightness: Float, contrast: Float, saturation: Float) {
    (self.brightness, self.contrast, self.saturation) = (brightness, contrast, saturation)
  }

  init(strength: Double, random: inout RandomSource) {
    let range = max(0, 1 - strength)...1 + strength
    brightness = Float(random.uniform(range))
    contrast = Float(random.uniform(range))
    saturation = Float(random.uniform(range))
  }

  package func apply(to image: inout ColorImage) {
    let pixels = image.bytes.count / 3
    if pixels == 0 { return }
    image.bytes.withUnsafeMutableBufferPointer { bytes in
      let bright = Self.table { brightness * $0 }
      var sum = 0.0
      for p in 0..<pixels {
        let (red, green) = (bright[Int(bytes[p * 3])], bright[Int(bytes[p * 3 + 1])])
        sum += Double(Self.gray(red, green, bright[Int(bytes[p * 3 + 2])]))
      }
      let base = (1 - contrast) * Float(sum / Double(pixels))
      // Brightness and contrast are the same for every pixel: of a byte, and not of a color.
      let contrasted = bright.map { Self.clamped(contrast * $0 + base) }
      for p in 0..<pixels {
        let color = SIMD4(
          contrasted[Int(bytes[p * 3])], contrasted[Int(bytes[p * 3 + 1])],
          contrasted[Int(bytes[p * 3 + 2])], 0)
        let saturated = saturation * color + (1 - saturation) * Self.gray(color.x, color.y, color.z)
        let byte = wholeBytes(
          saturated.clamped(lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 255))
            + 0.5)
        for c in 0..<3 { bytes[p * 3 + c] = byte[c] }
      }
    }
  }

  /// The value of each byte, clamped to 0...255.
  private static func table(_ value: (Float) -> Float) -> [Float] {
    (0..<256).map { clamped(value(Float($0))) }
  }

  private static func clamped(_ value: Float) -> Float { min(max(value, 0), 255) }

  /// ITU-R 601 luma.
  private static func gray(_ red: Float, _ green: Float, _ blue: Float) -> Float {
    0.299 * red + 0.587 * green + 0.114 * blue
  }
}
