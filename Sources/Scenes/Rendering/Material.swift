import Files

/// What a surface looks like: a procedural pattern and its parameters. The shader evaluates it at
/// coordinates in meters on the surface.
struct Material {
  enum Pattern {
    /// One color with faint noise.
    case plain
    /// Color `a` with blotches, patches and cracks.
    case asphalt
    /// Slabs of `size` meters with joints.
    case paving
    /// Worn paint `a` over `b`.
    case paint
    /// Wall `a` with rows of windows `b` framed in `c`; `size` = window spacing, floor height.
    case facade
    /// Bricks or blocks of `size`.
    case masonry
    /// Leaves or grass, from `a` to `b`; `size.x` is the clump size.
    case foliage
    /// Car paint `a`, darker toward the ground.
    case carPaint
    /// Window glass that reflects the sky above and is dark below.
    case glass
    /// Flank of a bus, train or van: body `a`, window band and stripe `b`; `size` in meters.
    case flank
    /// A traffic sign of design `variant` in colors `a`, `b`, `c`.
    case sign
    /// A signal head: three lamps in `a`, number `variant` lit; two lamps if `variant` is above 2.
    case signal
    /// Wheel: tyre, rim `a`.
    case wheel
    /// Rails in a bed `a`.
    case rails
    /// Clothes `a` with a pattern, lit like a cylinder.
    case cloth
  }
  var pattern: Pattern
  var a: Vector
  var b: Vector = .zero
  var c: Vector = .zero
  /// Extent or period in meters, by pattern.
  var size: SIMD2<Float> = .one
  var variant = 0
  var seed: UInt32 = 0

  static func plain(_ color: Vector, seed: UInt32 = 0) -> Material {
    Material(pattern: .plain, a: color, seed: seed)
  }
}
