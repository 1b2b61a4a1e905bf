import Files
import Tensors

/// Trees, bushes and hedges.
extension Mesh {
  func foliage(random: inout RandomSource, season: Float) -> Material {
    // From fresh green through olive to autumn brown, by the scene's season and by plant.
    let lush = Vector(0.16, 0.33, 0.07), olive = Vector(0.24, 0.27, 0.09)
    let brown = Vector(0.42, 0.26, 0.09)
    let hue = season + random.float(-0.3...0.3)
    let light =
      hue < 0.5 ? lush.mixed(olive, max(0, 2 * hue)) : olive.mixed(brown, min(1, 2 * hue - 1))
    let tone = random.float(0.75...1.25)
    return Material(
      pattern: .foliage, a: light * 0.28 * tone, b: light * tone,
      size: SIMD2(repeating: random.float(0.35...0.7)), seed: random.seed32())
  }

  mutating func tree(_ frame: Frame, height: Float, season: Float, random: inout RandomSource) {
    begin(.vegetation)
    let bark = material(
      .plain(Vector(0.2, 0.16, 0.12) * random.float(0.5...1.5), seed: random.seed32()))
    let crown = height * random.float(0.28...0.38)
    let base = height - 1.55 * crown
    let radius = 0.02 * height * random.float(0.8...1.3)
    bar(frame.point(.zero), frame.point(Vector(0, base + crown * 0.6, 0)), radius, bark)
    let leaves = (0..<2).map { _ in material(foliage(random: &random, season: season)) }
    let blobs = 8
    for _ in 0..<blobs {
      let offset = Vector(
        random.float(-0.62...0.62), random.float(-0.5...0.62), random.float(-0.62...0.62))
      let size = crown * random.float(0.4...0.65)
      billboard(
        frame.point(Vector(0, base + crown * 0.75, 0) + offset * crown), size, size * 0.85,
        random.pick(leaves), .ragged(seed: random.seed32()))
    }
    shadow(frame, halfWidth: crown, halfLength: crown, darkness: 0.55)
  }

  mutating func bush(_ frame: Frame, size: Float, season: Float, random: inout RandomSource) {
    begin(.vegetation)
    let leaves = material(foliage(random: &random, season: season))
    for _ in 0..<4 {
      let r = size * random.float(0.35...0.55)
      billboard(
        frame.point(
          Vector(random.float(-0.5...0.5) * size, r * 0.75, random.float(-0.6...0.6) * size)),
        r * 1.2, r, leaves, .ragged(seed: random.seed32()))
    }
    shadow(frame, halfWidth: size * 0.7, halfLength: size * 0.8, darkness: 0.5)
  }

  mutating func hedge(
    _ frame: Frame, length: Float, height: Float, season: Float, random: inout RandomSource
  ) {
    begin(.vegetation)
    let leaves = material(foliage(random: &random, season: season))
    box(frame, Vector(0, 0, 0), Vector(0.9, height, length), leaves)
    for z in stride(from: Float(0.4), to: length, by: 0.9) {
      billboard(
        frame.point(Vector(0.1, height * random.float(0.7...1), z)), 0.6, 0.4, leaves,
        .ragged(seed: random.seed32()))
    }
  }
}
