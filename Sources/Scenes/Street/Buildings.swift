import Files
import Tensors

extension Mesh {
  /// A house whose front runs along the frame's forward axis and which extends to the frame's
  /// right (`side` 1) or left (-1) by `depth`.
  mutating func building(
    _ frame: Frame, width: Float, height: Float, depth: Float, side: Float,
    random: inout RandomSource
  ) {
    begin(.building)
    let front = material(facade(height: height, random: &random))
    let base = materials[Int(front)]
    let isPlainSide = random.chance(0.5)
    let flank = isPlainSide ? material(.plain(base.a * 0.9, seed: base.seed)) : front
    let roof = material(
      Material(
        pattern: .masonry,
        a: random.pick([
          Vector(0.36, 0.15, 0.1), Vector(0.16, 0.16, 0.18), Vector(0.28, 0.22, 0.18),
        ]),
        size: [0.4, 0.5], seed: random.seed32()))
    let up = Vector(0, height, 0)
    let (along, inwards) = (frame.forward * width, frame.right * (side * depth))
    plane(frame.origin, along, up, front)
    plane(frame.origin + inwards, along, up, flank)
    plane(frame.origin, inwards, up, flank)
    plane(frame.origin + along, inwards, up, flank)
    if random.chance(0.55) {
      let rise = random.float(1.5...3.5)
      // The eaves reach out and down a little, so that no gap shows from below.
      let eaves = frame.origin + up - frame.right * (side * 0.3) - Vector(0, 0.3, 0)
      plane(frame.origin + up + inwards, along, Vector(0, rise, 0) - inwards * 0.5, roof)
      plane(eaves, along, Vector(0, rise, 0) + inwards * 0.5, roof)
      plane(
        frame.origin + up, inwards, Vector(0, rise * 0.8, 0), flank,
        polygon([[0, 0], [1, 0], [0.5, 1]]))
      plane(
        frame.origin + up + along, inwards, Vector(0, rise * 0.8, 0), flank,
        polygon([[0, 0], [1, 0], [0.5, 1]]))
    } else {
      plane(frame.origin + up, along, inwards, roof)
    }
    relief(frame, base, width: width, height: height, side: side, random: &random)
  }

  /// Balconies, cornices and awnings, which add depth to a front.
  private mutating func relief(
    _ frame: Frame, _ base: Material, width: Float, height: Float, side: Float,
    random: inout RandomSource
  ) {
    let trim = material(.plain(base.c * 0.8))
    if random.chance(0.6) {
      let low = Vector(-0.35 * side, height - 0.4, 0)
      box(frame, low, Vector(0, height, width), trim)
    }
    guard random.chance(0.35), width > 7 else { return }
    let floors = Int(height / base.size.y)
    let column = random.float(0.15...0.6) * width
    guard floors > 2 else { return }
    for floor in 1..<floors - 1 {
      let y = Float(floor) * base.size.y
      box(frame, Vector(-1.1 * side, y, column), Vector(0, y + 1, column + 2.6), trim)
    }
  }

  func facade(height: Float, random: inout RandomSource) -> Material {
    let walls: [Vector] = [
      Vector(0.62, 0.55, 0.42), Vector(0.68, 0.66, 0.62), Vector(0.5, 0.24, 0.17),
      Vector(0.45, 0.44, 0.43), Vector(0.66, 0.5, 0.28), Vector(0.3, 0.28, 0.27),
      Vector(0.55, 0.4, 0.33), Vector(0.4, 0.46, 0.5), Vector(0.36, 0.34, 0.25),
    ]
    let isBrick = random.chance(0.25)
    let wall =
      (isBrick ? Vector(0.42, 0.2, 0.14) : random.pick(walls)) * random.float(0.65...1.15)
      + random.color(0...0.06, saturation: 0...1)
    let trim = random.chance(0.6) ? Vector(0.72, 0.7, 0.66) : wall * random.float(0.5...1.3)
    let variant = random.below(8) | (isBrick ? 8 : 0)
    let floors = max(1, (height / random.float(2.9...3.6)).rounded())
    return Material(
      pattern: .facade, a: wall, b: Vector(0.06, 0.07, 0.08) * random.float(0.5...1.6), c: trim,
      size: [random.float(1.7...3.4), height / floors], variant: variant, seed: random.seed32())
  }
}
