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

  /// ITU-R 601 luma.
  private static func gray(_ color: SIMD3<Float>) -> Float {
    0.299 * color.x + 0.587 * color.y + 0.114 * color.z
  }

  private static func clamped(_ color: SIMD3<Float>) -> SIMD3<Float> {
    color.clamped(lowerBound: SIMD3(repeating: 0), upperBound: SIMD3(repeating: 255))
  }

  package func apply(to image: inout ColorImage) {
    let pixels = image.bytes.count / 3
    if pixels == 0 { return }
    image.bytes.withUnsafeMutableBufferPointer { bytes in
      func bright(_ p: Int) -> SIMD3<Float> {
        Self.clamped(
          brightness * SIMD3(Float(bytes[p * 3]), Float(bytes[p * 3 + 1]), Float(bytes[p * 3 + 2])))
      }
      var sum = 0.0
      for p in 0..<pixels { sum += Double(Self.gray(bright(p))) }
      let mean = Float(sum / Double(pixels))
      for p in 0..<pixels {
        var color = Self.clamped(contrast * bright(p) + (1 - contrast) * mean)
        color = Self.clamped(saturation * color + (1 - saturation) * Self.gray(color))
        for c in 0..<3 { bytes[p * 3 + c] = UInt8(color[c] + 0.5) }
      }
    }
  }
}
