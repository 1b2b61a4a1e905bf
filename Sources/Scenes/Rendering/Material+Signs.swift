extension Material {
  /// Designs a sign can have; the outline (disc, triangle, square) is the surface's own.
  static let signDesigns = 7

  /// Reflectance of a sign's face.
  @inline(__always)
  func sign(_ u: Float, _ v: Float) -> Vector {
    let (x, y) = (2 * u - 1, 2 * v - 1)
    let radius = (x * x + y * y).squareRoot()
    switch variant {
    case 0:  // ring with digits: speed limits, prohibitions
      if radius > 0.74 { return a }
      return valueNoise(u * 6, 0.5, seed) > 0.5 && abs(y) < 0.35 ? c : b
    case 1:  // plain disc with an arrow: mandatory
      return abs(x) < 0.14 && abs(y) < 0.6 || abs(x) + abs(y - 0.4) < 0.35 ? b : a
    case 2:  // bar on a disc: no entry
      return abs(y) < 0.2 && abs(x) < 0.7 ? b : a
    case 3:  // triangle with rim
      let edge = min(v, 1 - 2 * abs(u - 0.5) - v)
      if edge < 0.16 { return a }
      return abs(x) < 0.1 && v < 0.6 ? c : b
    case 4:  // diamond: priority road
      return abs(x) + abs(y) < 0.6 ? a : b
    case 5:  // direction panel with lines of text
      if max(abs(x), abs(y)) > 0.92 { return b }
      let line = v * 5
      let isText =
        line - line.rounded(.down) > 0.45 && valueNoise(u * 22, line.rounded(.down), seed) > 0.42
      return isText && abs(x) < 0.75 ? b : a
    default:  // square with a symbol: parking, crossing
      return valueNoise(u * 4, v * 4, seed) > 0.56 && max(abs(x), abs(y)) < 0.7 ? b : a
    }
  }

  /// A traffic light's face: a dark case with three lamps above each other.
  @inline(__always)
  func signal(_ u: Float, _ v: Float) -> Look {
    let lamp = Int(min(2, max(0, v * 3)))
    let (x, y) = ((u - 0.5) * 1.25, (v * 3 - Float(lamp) - 0.5) * 1.1)
    guard x * x + y * y < 0.19 else { return Look(reflectance: a) }
    let colors = [Vector(0.1, 0.9, 0.45), Vector(1, 0.7, 0.1), Vector(1, 0.15, 0.08)]
    let isLit = lamp == variant
    return Look(reflectance: colors[lamp] * 0.12, emission: isLit ? colors[lamp] * 0.9 : .zero)
  }
}
