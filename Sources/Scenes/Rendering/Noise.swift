import Foundation
import Tensors

func sineCosine(_ angle: Float) -> (sine: Float, cosine: Float) { (sin(angle), cos(angle)) }

/// A hash of a grid point, uniform in 0..<1.
@inline(__always)
func hashed(_ x: Int32, _ y: Int32, _ seed: UInt32) -> Float {
  var h = UInt32(bitPattern: x) &* 0x8DA6_B343 ^ UInt32(bitPattern: y) &* 0xD816_3841
  h ^= seed &* 0xCB1A_B31F
  h ^= h >> 15
  h &*= 0x2C1B_3C6D
  h ^= h >> 12
  h &*= 0x297A_2D39
  h ^= h >> 15
  return Float(h >> 8) * 0x1p-24
}

/// Smooth noise of unit grid spacing, in 0..<1.
@inline(__always)
func valueNoise(_ x: Float, _ y: Float, _ seed: UInt32) -> Float {
  let (fx, fy) = (x.rounded(.down), y.rounded(.down))
  let (ix, iy) = (Int32(clamping: Int(fx)), Int32(clamping: Int(fy)))
  let (dx, dy) = (x - fx, y - fy)
  let (sx, sy) = (dx * dx * (3 - 2 * dx), dy * dy * (3 - 2 * dy))
  let a = hashed(ix, iy, seed)
  let b = hashed(ix &+ 1, iy, seed)
  let c = hashed(ix, iy &+ 1, seed)
  let d = hashed(ix &+ 1, iy &+ 1, seed)
  let top = a + (b - a) * sx
  return top + (c + (d - c) * sx - top) * sy
}

/// Three octaves of `valueNoise`, in 0..<1.
@inline(__always)
func fractalNoise(_ x: Float, _ y: Float, _ seed: UInt32) -> Float {
  (4 * valueNoise(x, y, seed) + 2 * valueNoise(2.03 * x, 2.03 * y, seed &+ 1)
    + valueNoise(4.1 * x, 4.1 * y, seed &+ 2)) / 7
}

extension RandomSource {
  mutating func float(_ range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * Float(uniform())
  }
  mutating func chance(_ probability: Float) -> Bool { Float(uniform()) < probability }
  mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
  mutating func seed32() -> UInt32 { UInt32(truncatingIfNeeded: next()) }
  /// A color of the given lightness, `saturation` 0 for gray and 1 for vivid, of any hue.
  mutating func color(_ value: ClosedRange<Float>, saturation: ClosedRange<Float>) -> Vector {
    let (v, s, h) = (float(value), float(saturation), float(0...6))
    func channel(_ shift: Float) -> Float {
      let k = (h + shift).truncatingRemainder(dividingBy: 6)
      return v * (1 - s * max(0, min(k, 4 - k, 1)))
    }
    return Vector(channel(5), channel(3), channel(1))
  }
  /// How many of something there are when `mean` are expected.
  mutating func count(_ mean: Float) -> Int {
    let whole = mean.rounded(.down)
    return Int(whole) + (chance(mean - whole) ? 1 : 0)
  }
}
