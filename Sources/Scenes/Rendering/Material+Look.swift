extension Material {
  /// How a point of a surface handles light: it reflects part of it and emits some of its own.
  struct Look {
    var reflectance: Vector
    var emission: Vector = .zero
  }

  /// - Parameters:
  ///   - u, v: coordinates within the outline, 0...1.
  ///   - place: coordinates in meters on the surface (on the ground: in the world).
  ///   - size: extent of the surface in meters.
  ///   - height: meters above the street.
  ///   - footprint: meters covered by one sample; finer patterns fade out.
  ///   - reflected: light of the sky in the direction of reflection.
  @inline(__always)
  func look(
    u: Float, v: Float, place: SIMD2<Float>, size extent: SIMD2<Float>, height: Float,
    footprint: Float, reflected: () -> Vector
  ) -> Look {
    let detail = fade(0.08, footprint)
    switch pattern {
    case .plain:
      return Look(reflectance: a * grain(place * 3, 0.12))
    case .asphalt:
      let patch = fractalNoise(place.x * 0.35, place.y * 0.12, seed)
      let crack = abs(fractalNoise(place.x * 0.9, place.y * 0.25, seed &+ 9) - 0.5)
      let line = crack < 0.004 ? 1 - 0.3 * fade(0.1, footprint) : 1
      return Look(reflectance: a * (0.8 + 0.4 * patch) * grain(place * 14, 0.25 * detail) * line)
    case .paving:
      let shade = 0.9 + 0.2 * slab(place, joint: 0.03, footprint)
      return Look(reflectance: a * shade * grain(place * 0.8, 0.2) * joint(place, footprint))
    case .masonry:
      let row = (place.y / size.y).rounded(.down)
      let shifted = SIMD2(place.x + (row.truncatingRemainder(dividingBy: 2)) * size.x / 2, place.y)
      let tone = 0.82 + 0.36 * slab(shifted, joint: 0.02, footprint)
      return Look(reflectance: a * tone * grain(place * 0.6, 0.3) * joint(shifted, footprint))
    case .paint:
      let wear =
        valueNoise(place.x * 5, place.y * 2, seed) * 0.6 + valueNoise(
          place.x * 21, place.y * 9, seed) * 0.4
      return Look(reflectance: b.mixed(a, min(1, max(0.15, 1.7 - 1.6 * wear))))
    case .foliage:
      return foliage(place, v, footprint)
    case .carPaint:
      let low: Float = height < 0.35 ? 0.35 : 0.8 + 0.25 * v
      return Look(reflectance: a * low, emission: reflected() * 0.05)
    case .glass:
      return Look(reflectance: a * 0.4, emission: reflected() * 0.1)
    case .flank:
      return flank(u, v, extent, reflected)
    case .facade:
      return facade(place, extent, height, footprint, reflected)
    case .sign:
      return Look(reflectance: sign(u, v))
    case .signal:
      return signal(u, v)
    case .wheel:
      let (x, y) = (2 * u - 1, 2 * v - 1)
      let r = x * x + y * y
      return Look(reflectance: r < 0.4 ? a : Vector(0.04, 0.04, 0.045))
    case .rails:
      let across = abs(2 * u - 1)
      let isRail = across > 0.42 && across < 0.52
      return Look(reflectance: isRail ? Vector(0.28, 0.25, 0.23) : a * grain(place * 4, 0.4))
    case .cloth:
      let fold = 0.8 + 0.4 * valueNoise(place.x * 9, place.y * 5, seed)
      return Look(reflectance: (v > 0.5 ? a : a.mixed(b, 0.5)) * fold)
    }
  }

  /// 1 while a feature of `width` meters is larger than the footprint, falling to 0.
  @inline(__always)
  func fade(_ width: Float, _ footprint: Float) -> Float { min(1, width / (footprint + 1e-6)) }

  @inline(__always)
  func grain(_ p: SIMD2<Float>, _ amount: Float) -> Float {
    1 + amount * (valueNoise(p.x, p.y, seed) - 0.5)
  }

  @inline(__always)
  private func slab(_ p: SIMD2<Float>, joint: Float, _ footprint: Float) -> Float {
    let cell = (p / size).rounded(.down)
    let tone = hashed(Int32(cell.x), Int32(cell.y), seed)
    return 0.5 + (tone - 0.5) * fade(size.x, footprint)
  }

  @inline(__always)
  private func joint(_ p: SIMD2<Float>, _ footprint: Float) -> Float {
    let q = p / size
    let f = q - q.rounded(.down)
    let width = 0.025 / size
    return f.x < width.x || f.y < width.y ? 1 - 0.4 * fade(0.05, footprint) : 1
  }

  @inline(__always)
  private func foliage(_ place: SIMD2<Float>, _ v: Float, _ footprint: Float) -> Look {
    let p = place / size
    let clump = fractalNoise(p.x, p.y, seed)
    let leaf = valueNoise(p.x * 7, p.y * 7, seed &+ 5)
    let tone = clump * 0.65 + (0.5 + (leaf - 0.5) * fade(0.15, footprint)) * 0.35
    return Look(reflectance: a.mixed(b, tone) * (0.55 + 0.75 * tone))
  }
}
