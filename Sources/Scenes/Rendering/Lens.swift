import Foundation
import Tensors

/// What the lens and sensor do to the light: exposure, color cast, blur, vignetting, noise.
struct Lens {
  var exposure: Float
  var cast: Vector
  /// Weight of the neighbors in a 3 x 3 blur, 0...0.25.
  var blur: Float
  var vignette: Float
  /// Standard deviation in 8-bit steps.
  var noise: Float
  /// Gamma besides the display's: above 1 is darker.
  var contrast: Float

  init(random: inout RandomSource) {
    exposure = random.float(0.95...1.5)
    cast = Vector(random.float(0.95...1.05), 1, random.float(0.93...1.05))
    blur = random.float(0.03...0.13)
    vignette = random.float(0...0.25)
    noise = random.float(1...4)
    contrast = random.float(1.05...1.4)
  }

  /// - Parameter light: `2 height * 2 width` samples.
  /// - Returns: `height * width * 3` bytes.
  func develop(
    _ light: [Vector], height: Int, width: Int, random: inout RandomSource
  ) -> [UInt8] {
    var pixels = [Vector](repeating: .zero, count: height * width)
    for y in 0..<height {
      for x in 0..<width {
        let i = 4 * y * width + 2 * x
        let top = limited(light[i]) + limited(light[i + 1])
        let bottom = limited(light[i + 2 * width]) + limited(light[i + 2 * width + 1])
        let (dx, dy) = (2 * Float(x) / Float(width) - 1, 2 * Float(y) / Float(height) - 1)
        let corner = 1 - vignette * (dx * dx + dy * dy) / 2
        pixels[y * width + x] = (top + bottom) * (0.25 * exposure * corner) * cast
      }
    }
    pixels = blurred(blurred(pixels, height, width, step: 1), height, width, step: width)
    let curve = self.curve
    var bytes = [UInt8](repeating: 0, count: height * width * 3)
    let noiseSeed = random.seed32()
    for p in pixels.indices {
      for c in 0..<3 {
        let level = min(1, max(0, pixels[p][c])) * Float(curve.count - 1)
        // The sum of three uniforms is close enough to normal.
        let n =
          hashed(Int32(p), Int32(c), noiseSeed) + hashed(Int32(p), Int32(c + 3), noiseSeed)
          + hashed(Int32(p), Int32(c + 6), noiseSeed) - 1.5
        let value = curve[Int(level)] + 2 * noise * n
        bytes[3 * p + c] = UInt8(min(255, max(0, value.rounded())))
      }
    }
    return bytes
  }

  private func limited(_ light: Vector) -> Vector {
    light.clamped(lowerBound: .zero, upperBound: Vector(repeating: 1.3 / exposure))
  }

  /// Display values, 0...255, for linear light in steps of 1/1023.
  private var curve: [Float] {
    (0..<1024).map { 255 * pow(Float($0) / 1023, contrast / 2.2) }
  }

  private func blurred(_ pixels: [Vector], _ height: Int, _ width: Int, step: Int) -> [Vector] {
    var result = pixels
    for y in 0..<height {
      for x in 0..<width {
        let position = step == 1 ? x : y
        guard position > 0, position < (step == 1 ? width : height) - 1 else { continue }
        let i = y * width + x
        result[i] = pixels[i] * (1 - 2 * blur) + (pixels[i - step] + pixels[i + step]) * blur
      }
    }
    return result
  }
}
