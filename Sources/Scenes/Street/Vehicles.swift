import Files
import Tensors

/// Cars and larger vehicles. Frames are on the ground under the middle, with forward in the driving
/// direction.
extension Mesh {
  /// Side views as fractions of length (rear to front) and height, counterclockwise from rear
  /// bottom, and which edges (by their first point) are glass.
  private static let carProfiles: [(points: [SIMD2<Float>], glass: Set<Int>, height: Float)] = [
    (  // sedan
      [
        [0, 0.14], [1, 0.14], [1, 0.42], [0.95, 0.55], [0.72, 0.62], [0.56, 0.97], [0.28, 1],
        [0.13, 0.66], [0.01, 0.62],
      ], [4, 6], 1.45
    ),
    (  // hatchback
      [
        [0, 0.14], [1, 0.14], [1, 0.4], [0.94, 0.53], [0.75, 0.6], [0.58, 0.97], [0.12, 1],
        [0.01, 0.62],
      ], [4, 6], 1.5
    ),
    (  // minivan, van
      [
        [0, 0.12], [1, 0.12], [1, 0.4], [0.96, 0.5], [0.83, 0.56], [0.68, 0.97], [0.04, 1],
        [0, 0.6],
      ], [4, 6], 1.8
    ),
  ]
  private static let windows: [[SIMD2<Float>]] = [
    [[0.18, 0.65], [0.69, 0.63], [0.56, 0.92], [0.29, 0.95]],
    [[0.07, 0.64], [0.72, 0.62], [0.58, 0.92], [0.13, 0.94]],
    [[0.04, 0.6], [0.78, 0.58], [0.67, 0.92], [0.05, 0.94]],
  ]

  mutating func car(_ frame: Frame, random: inout RandomSource) {
    begin(.car, newInstance: true)
    let kind = random.below(3)
    let (length, width) = (random.float(3.7...4.8), random.float(1.7...1.9))
    let profile = Self.carProfiles[kind]
    let height = profile.height * random.float(0.95...1.12)
    // Cars are mostly white, black or gray, the others of any color.
    let color =
      random.chance(0.62)
      ? random.color(0.03...0.75, saturation: 0...0.06)
      : random.color(0.12...0.65, saturation: 0.4...0.9)
    let paint = material(Material(pattern: .carPaint, a: color))
    let glass = material(Material(pattern: .glass, a: Vector(0.08, 0.1, 0.11)))
    let lower = material(.plain(Vector(0.06, 0.06, 0.06)))
    let corner = Vector(-width / 2, 0, -length / 2)
    extrude(profile.points, frame, corner, width, height, length, side: paint) { edge in
      edge == 0 ? lower : profile.glass.contains(edge) ? glass : paint
    }
    let pane = polygon(Self.windows[kind])
    let (y, z) = (Vector(0, height, 0), frame.forward * length)
    for side in [-width / 2 - 0.012, width / 2 + 0.012] {
      plane(frame.point(Vector(side, 0, -length / 2)), z, y, glass, pane)
    }
    lamps(frame, width: width, length: length, height: height)
    wheels(
      frame, width: width, along: [-0.3 * length, 0.31 * length], radius: 0.33, random: &random)
    shadow(frame, halfWidth: width * 0.85, halfLength: length * 0.66, darkness: 0.85)
  }

  /// Lights, number plates and bumpers at both ends.
  private mutating func lamps(_ frame: Frame, width: Float, length: Float, height: Float) {
    let ends: [(z: Float, color: Vector)] = [
      (length / 2 + 0.015, Vector(0.85, 0.85, 0.8)), (-length / 2 - 0.015, Vector(0.6, 0.03, 0.02)),
    ]
    let plate = material(.plain(Vector(0.75, 0.75, 0.7)))
    let dark = material(.plain(Vector(0.05, 0.05, 0.05)))
    for end in ends {
      let lamp = material(.plain(end.color))
      for x in [-0.48 * width, 0.28 * width] {
        plane(
          frame.point(Vector(x, height * 0.4, end.z)), frame.right * (0.2 * width),
          Vector(0, height * 0.1, 0), lamp)
      }
      plane(
        frame.point(Vector(-0.26, height * 0.27, end.z)), frame.right * 0.52, Vector(0, 0.12, 0),
        plate)
      plane(
        frame.point(Vector(-width * 0.45, height * 0.14, end.z)), frame.right * (width * 0.9),
        Vector(0, height * 0.09, 0), dark)
    }
  }

  mutating func wheels(
    _ frame: Frame, width: Float, along: [Float], radius: Float, random: inout RandomSource
  ) {
    let tyre = material(
      Material(pattern: .wheel, a: random.color(0.2...0.55, saturation: 0...0.05)))
    for z in along {
      for x in [-width / 2 - 0.02, width / 2 + 0.02] {
        plane(
          frame.point(Vector(x, 0, z - radius)), frame.forward * (2 * radius),
          Vector(0, 2 * radius, 0), tyre, .ellipse)
      }
    }
  }

  /// The solid whose side view is a polygon. `corner`: its lowest left rear point in the frame.
  mutating func extrude(
    _ points: [SIMD2<Float>], _ frame: Frame, _ corner: Vector, _ width: Float, _ height: Float,
    _ length: Float, side: Int32, _ edgeMaterial: (Int) -> Int32
  ) {
    let outline = polygon(points)
    let (y, z) = (Vector(0, height, 0), frame.forward * length)
    plane(frame.point(corner), z, y, side, outline)
    plane(frame.point(corner + Vector(width, 0, 0)), z, y, side, outline)
    for i in points.indices {
      let (p, q) = (points[i], points[(i + 1) % points.count])
      let start = corner + Vector(0, p.y * height, p.x * length)
      let step = Vector(0, (q.y - p.y) * height, (q.x - p.x) * length)
      plane(frame.point(start), frame.right * width, frame.direction(step), edgeMaterial(i))
    }
  }

  mutating func truck(_ frame: Frame, random: inout RandomSource) {
    begin(.truck, newInstance: true)
    let (length, width, height) = (
      random.float(6...10), Float(2.4), random.float(2.9...3.6)
    )
    let cab = random.color(0.15...0.8, saturation: 0...0.9)
    let load =
      random.chance(0.5) ? Vector(0.75, 0.75, 0.74) : random.color(0.2...0.7, saturation: 0...0.7)
    let body = material(
      Material(pattern: .masonry, a: load, size: [1.6, 9], seed: random.seed32()))
    let paint = material(Material(pattern: .carPaint, a: cab))
    let glass = material(Material(pattern: .glass, a: Vector(0.08, 0.1, 0.11)))
    let dark = material(.plain(Vector(0.06, 0.06, 0.06)))
    let half = length / 2
    box(frame, Vector(-width / 2, 0.9, -half), Vector(width / 2, height, half - 2.1), body)
    box(frame, Vector(-width / 2 + 0.1, 0.45, -half), Vector(width / 2 - 0.1, 0.9, half - 1), dark)
    box(
      frame, Vector(-width / 2 + 0.05, 0.5, half - 1.9), Vector(width / 2 - 0.05, 2.7, half), paint)
    plane(
      frame.point(Vector(-width / 2 + 0.15, 1.55, half + 0.02)), frame.right * (width - 0.3),
      Vector(0, 0.85, 0), glass)
    for x in [-width / 2 + 0.03, width / 2 - 0.03] {
      plane(frame.point(Vector(x, 1.55, half - 1.2)), frame.forward * 0.9, Vector(0, 0.8, 0), glass)
    }
    lamps(frame, width: width, length: length + 0.02, height: 1.9)
    wheels(frame, width: width, along: [-half + 1.4, half - 1], radius: 0.5, random: &random)
    shadow(frame, halfWidth: width * 0.7, halfLength: length * 0.56, darkness: 0.8)
  }

  mutating func bus(_ frame: Frame, random: inout RandomSource) {
    begin(.bus, newInstance: true)
    coach(
      frame, length: random.float(10...12.5), width: 2.5, height: random.float(2.95...3.2),
      random: &random)
    wheels(frame, width: 2.5, along: [-3, 3.2], radius: 0.48, random: &random)
  }

  /// A tram or train of several cars.
  mutating func train(_ frame: Frame, random: inout RandomSource) {
    begin(.train, newInstance: true)
    let (length, height) = (random.float(8...11), random.float(3.2...3.6))
    let start = random
    for car in 0..<3 {
      random = start  // every car looks the same
      coach(
        frame.moved(Vector(0, 0, (Float(car) - 1) * (length + 0.25))), length: length, width: 2.4,
        height: height, random: &random)
    }
  }

  private mutating func coach(
    _ frame: Frame, length: Float, width: Float, height: Float, random: inout RandomSource
  ) {
    let body = random.color(0.2...0.8, saturation: 0...0.95)
    let stripe = random.color(0.1...0.85, saturation: 0...0.9)
    var look = Material(pattern: .flank, a: body, b: stripe, c: body * 0.4, size: [0.42, 0.84])
    let sides = material(look)
    look.size = [0.38, 0.86]
    let roof = material(.plain(body * 0.7 + Vector(0.1, 0.1, 0.1)))
    let (half, side) = (length / 2, width / 2)
    box(frame, Vector(-side, 0.28, -half), Vector(side, height, half), sides, top: roof)
    lamps(frame, width: width, length: length + 0.02, height: 1.8)
    shadow(frame, halfWidth: width * 0.7, halfLength: length * 0.55, darkness: 0.8)
  }
}
