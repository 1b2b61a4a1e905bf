import Tensors

/// Sun, sky and haze of a scene, and the shadows of the buildings.
struct Lighting {
  /// Unit vector toward the sun.
  var sun: Vector
  var sunColor: Vector
  /// Light from the open sky on a surface facing up.
  var ambient: Vector
  var horizon: Vector
  var zenith: Vector
  /// 0 clear, 1 covered.
  var clouds: Float
  /// Meters over which haze absorbs 63% of a color.
  var hazeDistance: Float
  var seed: UInt32
  var skyline = Skyline()

  init(random: inout RandomSource) {
    let overcast = random.chance(0.45) ? random.float(0.75...1) : random.float(0...0.5)
    let elevation = random.float(0.35...1.1)
    let azimuth = random.float(0...6.2832)
    let (se, ce) = sineCosine(elevation)
    let (sa, ca) = sineCosine(azimuth)
    sun = Vector(ce * sa, se, ce * ca)
    let warm = random.float(0...1)
    let strength = (1 - 0.85 * overcast) * random.float(1...1.7)
    sunColor = Vector(1.05, 0.96, 0.86 - 0.2 * warm) * strength
    let tint = Vector(0.86, 0.94, 1.06).mixed(Vector(1, 0.99, 0.97), overcast)
    ambient = tint * random.float(0.42...0.6) * (1 + 0.4 * overcast)
    let gray = random.float(0.72...1.05)
    horizon = Vector(0.80, 0.86, 0.94).mixed(Vector(gray, gray, gray), overcast)
    zenith = Vector(0.28, 0.47, 0.80).mixed(Vector(gray, gray, gray) * 0.88, overcast)
    clouds = overcast
    hazeDistance = random.chance(0.2) ? random.float(150...300) : random.float(500...1800)
    seed = random.seed32()
  }

  /// Color of the sky in a direction.
  func sky(_ direction: Vector) -> Vector {
    let d = direction.normalized
    let height = max(0.02, d.y)
    let base = horizon.mixed(zenith, min(1, 1.6 * height))
    let cloud = fractalNoise(d.x / (height + 0.12) * 1.3, d.z / (height + 0.12) * 1.3, seed)
    let cover = min(1, max(0, (cloud - 0.62 + 0.3 * clouds) * 4)) * (0.85 - 0.35 * clouds)
    let glow = max(0, d.dot(sun))
    let halo = glow * glow * glow * glow * 0.18 * (1 - 0.5 * clouds)
    return base.mixed(Vector(0.95, 0.95, 0.96), cover) + sunColor * halo
  }

  /// Color after `distance` meters of haze.
  func hazed(_ color: Vector, _ distance: Float) -> Vector {
    let amount = distance / (distance + hazeDistance)
    return color.mixed(horizon * 0.85, amount)
  }
}

/// Heights of the buildings on both sides of a street, for their long shadows.
struct Skyline {
  static let cell: Float = 4
  /// Lateral position of the facades and street coordinate of the first cell, meters.
  var distance: Float = 10
  var start: Float = 0
  /// Heights in meters, by cell along the street.
  var left: [Float] = []
  var right: [Float] = []
  /// Lateral offset of the street is `bend * s * s`.
  var bend: Float = 0

  /// Whether the sun reaches a point.
  func isLit(_ p: Vector, sun: Vector) -> Bool {
    let lateral = p.x - bend * p.z * p.z
    let wall = sun.x > 0 ? distance : -distance
    let way = (wall - lateral) / (abs(sun.x) < 1e-4 ? 1e-4 : sun.x)
    guard way > 0.05, way < 400 else { return true }
    let heights = sun.x > 0 ? right : left
    let cell = Int(((p.z + way * sun.z - start) / Self.cell).rounded(.down))
    guard heights.indices.contains(cell) else { return true }
    return p.y + way * sun.y > heights[cell]
  }

  mutating func raise(side: Float, from s: Float, to end: Float, height: Float) {
    let first = max(0, Int((s - start) / Self.cell))
    let last = min(left.count, Int((end - start) / Self.cell))
    guard first < last else { return }
    for cell in first..<last {
      if side < 0 { left[cell] = height } else { right[cell] = height }
    }
  }
}
