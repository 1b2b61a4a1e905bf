extension Rasterizer {
  /// Whether a surface with this outline is solid at coordinates `u`, `v` in 0...1.
  @inline(__always)
  static func covers(
    _ outline: Outline, _ u: Float, _ v: Float, mesh: Mesh, asAnnotated: Bool
  ) -> Bool {
    switch outline {
    case .full: return true
    case .ellipse:
      let (x, y) = (2 * u - 1, 2 * v - 1)
      return x * x + y * y <= 1
    case .ring(let hole):
      let (x, y) = (2 * u - 1, 2 * v - 1)
      let r = x * x + y * y
      return r <= 1 && r >= hole * hole
    case .ragged(let seed):
      let (x, y) = (2 * u - 1, 2 * v - 1)
      let r = x * x + y * y
      if asAnnotated { return r <= 0.72 }
      return r <= 0.35 + 0.75 * fractalNoise(7 * u, 7 * v, seed)
    case .polygon(let number):
      return contains(mesh.polygons[number], u, v)
    case .bars(let perMetre, let length):
      if asAnnotated { return true }
      let phase = u * length * perMetre
      return phase - phase.rounded(.down) < 0.34 || abs(v - 0.12) < 0.05 || abs(v - 0.9) < 0.05
    }
  }

  private static func contains(_ polygon: [SIMD2<Float>], _ u: Float, _ v: Float) -> Bool {
    var inside = false
    var previous = polygon[polygon.count - 1]
    for point in polygon {
      if (point.y > v) != (previous.y > v),
        u < (previous.x - point.x) * (v - point.y) / (previous.y - point.y) + point.x
      {
        inside.toggle()
      }
      previous = point
    }
    return inside
  }
}
