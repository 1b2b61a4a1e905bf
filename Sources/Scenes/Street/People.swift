import Files
import Tensors

/// People and two-wheelers. Frames are on the ground, with forward in the walking or riding
/// direction.
extension Mesh {
  struct Clothes {
    var top: Vector
    var legs: Vector
    var skin: Vector
    var hair: Vector

    init(random: inout RandomSource) {
      top =
        random.chance(0.5)
        ? random.color(0.04...0.7, saturation: 0...0.12)
        : random.color(0.1...0.65, saturation: 0.3...0.9)
      legs =
        random.chance(0.5)
        ? Vector(0.06, 0.08, 0.15) * random.float(0.6...2)
        : random.color(0.03...0.5, saturation: 0...0.35)
      skin = Vector(0.62, 0.42, 0.32) * random.float(0.4...1.1)
      hair = Vector(0.16, 0.11, 0.07) * random.float(0.2...2.6)
    }
  }

  mutating func pedestrian(_ frame: Frame, random: inout RandomSource) {
    begin(.person, newInstance: true)
    let scale = random.chance(0.12) ? random.float(0.6...0.8) : random.float(0.92...1.08)
    let stride = random.chance(0.25) ? 0.04 : random.float(0.1...0.3)
    let clothes = Clothes(random: &random)
    let trousers = material(Material(pattern: .cloth, a: clothes.legs, b: clothes.legs))
    let hip = Vector(0, 0.86, 0) * scale
    let isSkirt = random.chance(0.15)
    for side: Float in [-1, 1] {
      let foot = Vector(side * 0.09, 0.06, side * stride) * scale
      bar(frame.point(hip + Vector(side * 0.07, 0, 0)), frame.point(foot), 0.08 * scale, trousers)
      billboard(
        frame.point(foot + Vector(0, -0.01, 0.05)), 0.1 * scale, 0.05 * scale,
        material(.plain(Vector(0.05, 0.04, 0.04))))
    }
    if isSkirt { bar(frame.point(hip), frame.point(hip * 0.5), 0.2 * scale, trousers) }
    upperBody(frame, hip: hip, lean: 0, scale: scale, clothes, random: &random)
    if random.chance(0.25) {
      let bag = material(.plain(random.color(0.03...0.5, saturation: 0...0.7)))
      let side: Float = random.chance(0.5) ? -0.3 : 0.3
      billboard(frame.point(Vector(side, 0.75, 0) * scale), 0.12, 0.16, bag)
    }
    shadow(frame, halfWidth: 0.4, halfLength: 0.4, darkness: 0.5)
  }

  /// Torso, arms and head above the hip, leaning forward by `lean` meters at the shoulders.
  private mutating func upperBody(
    _ frame: Frame, hip: Vector, lean: Float, scale: Float, _ clothes: Clothes,
    random: inout RandomSource
  ) {
    let jacket = material(
      Material(pattern: .cloth, a: clothes.top, b: clothes.top * 0.8, seed: random.seed32()))
    let skin = material(.plain(clothes.skin))
    let shoulder = hip + Vector(0, 0.52, lean) * scale
    let broad = random.float(0.17...0.22) * scale
    bar(frame.point(hip - Vector(0, 0.06, 0)), frame.point(shoulder), broad, jacket)
    billboard(frame.point(shoulder), broad * 1.08, 0.1 * scale, jacket)
    let swing = lean > 0.1 ? 0.35 : random.float(-0.2...0.2)
    for side: Float in [-1, 1] {
      let from = shoulder + Vector(side * (broad + 0.03), 0, 0)
      let reach = lean > 0.1 ? swing : swing * side
      let hand = from + Vector(0, lean > 0.1 ? -0.35 : -0.52, reach) * scale
      bar(frame.point(from), frame.point(hand), 0.055 * scale, jacket)
      billboard(frame.point(hand), 0.05 * scale, 0.06 * scale, skin)
    }
    let head = shoulder + Vector(0, 0.26, lean * 0.2 + 0.02) * scale
    bar(frame.point(shoulder), frame.point(head), 0.06 * scale, skin)
    billboard(frame.point(head), 0.1 * scale, 0.135 * scale, skin)
    billboard(
      frame.point(head + Vector(0, 0.055, -0.05) * scale), 0.105 * scale, 0.1 * scale,
      material(.plain(clothes.hair)))
  }

  mutating func bicycle(_ frame: Frame, random: inout RandomSource) {
    begin(.bicycle, newInstance: true)
    let color = random.color(0.05...0.6, saturation: 0...0.9)
    let paint = material(.plain(color))
    let tyre = material(.plain(Vector(0.05, 0.05, 0.05)))
    let (back, front, radius) = (Float(-0.52), Float(0.52), Float(0.34))
    for z in [back, front] {
      plane(
        frame.point(Vector(0, 0, z - radius)), frame.forward * (2 * radius),
        Vector(0, 2 * radius, 0), tyre, .ring(0.84))
      // Seen from the front, a wheel is a thin upright.
      bar(frame.point(Vector(0, 0.02, z)), frame.point(Vector(0, 0.66, z)), 0.022, tyre)
    }
    let (pedals, seat, head) = (
      Vector(0, 0.3, -0.08), Vector(0, 0.85, -0.25), Vector(0, 0.8, 0.38)
    )
    for (from, to) in [
      (pedals, seat), (pedals, head), (seat * 0.95, head), (pedals, Vector(0, radius, back)),
      (seat, Vector(0, radius, back)), (Vector(0, 1, 0.33), Vector(0, radius, front)),
    ] {
      bar(frame.point(from), frame.point(to), 0.024, paint)
    }
    bar(
      frame.point(Vector(-0.28, 1.02, 0.33)), frame.point(Vector(0.28, 1.02, 0.33)), 0.022, tyre)
    bar(
      frame.point(seat + Vector(0, 0.05, -0.13)), frame.point(seat + Vector(0, 0.06, 0.14)), 0.05,
      tyre)
    shadow(frame, halfWidth: 0.25, halfLength: 0.8, darkness: 0.4)
  }

  mutating func motorcycle(_ frame: Frame, random: inout RandomSource) {
    begin(.motorcycle, newInstance: true)
    let paint = material(
      Material(pattern: .carPaint, a: random.color(0.05...0.6, saturation: 0...0.9)))
    let dark = material(.plain(Vector(0.05, 0.05, 0.05)))
    for z: Float in [-0.62, 0.68] {
      plane(
        frame.point(Vector(0, 0, z - 0.3)), frame.forward * 0.6, Vector(0, 0.6, 0), dark,
        .ring(0.55))
      bar(frame.point(Vector(0, 0.02, z)), frame.point(Vector(0, 0.58, z)), 0.07, dark)
    }
    bar(frame.point(Vector(0, 0.42, -0.4)), frame.point(Vector(0, 0.42, 0.35)), 0.2, dark)
    bar(frame.point(Vector(0, 0.74, -0.1)), frame.point(Vector(0, 0.8, 0.35)), 0.16, paint)
    bar(frame.point(Vector(0, 0.76, -0.75)), frame.point(Vector(0, 0.76, -0.05)), 0.1, dark)
    bar(frame.point(Vector(0, 0.3, 0.68)), frame.point(Vector(0, 1.0, 0.42)), 0.06, dark)
    bar(frame.point(Vector(-0.36, 1.02, 0.42)), frame.point(Vector(0.36, 1.02, 0.42)), 0.03, dark)
    billboard(frame.point(Vector(0, 0.9, 0.58)), 0.16, 0.15, paint)
    if random.chance(0.6) {  // a scooter's shield or a box
      box(frame, Vector(-0.2, 0.35, 0.3), Vector(0.2, 0.9, 0.36), paint)
      box(frame, Vector(-0.17, 0.3, -0.7), Vector(0.17, 0.7, -0.1), paint)
    }
    shadow(frame, halfWidth: 0.45, halfLength: 1, darkness: 0.6)
  }

  /// A person on a bicycle or motorcycle that is at the same frame.
  /// - Parameter label: `.rider`, or `.person` for data sets without that class.
  mutating func rider(_ frame: Frame, label: SceneClass, random: inout RandomSource) {
    begin(label, newInstance: true)
    let clothes = Clothes(random: &random)
    let trousers = material(Material(pattern: .cloth, a: clothes.legs, b: clothes.legs))
    let hip = Vector(0, 0.96, -0.24)
    for side: Float in [-1, 1] {
      let knee = Vector(side * 0.11, 0.72 - side * 0.1, 0.18)
      let foot = Vector(side * 0.11, 0.3 - side * 0.14, 0.02)
      bar(frame.point(hip + Vector(side * 0.08, 0, 0)), frame.point(knee), 0.085, trousers)
      bar(frame.point(knee), frame.point(foot), 0.065, trousers)
    }
    upperBody(frame, hip: hip, lean: random.float(0.12...0.3), scale: 1, clothes, random: &random)
  }
}
