import Files
import Tensors

extension Street {
  /// Trees, lamps, signs and other objects on a sidewalk.
  mutating func furnish(side: Float) {
    let kerb = kerb(side)
    let up = Self.step
    if random.chance(style.avenue) {
      let spacing = random.float(7...15)
      let size = random.float(5...11)
      for s in stride(from: extent.lowerBound, to: end, by: spacing) {
        guard !isCrossing(s, margin: 4), random.chance(0.85) else { continue }
        mesh.tree(
          at(s, kerb + side * 0.9, up), height: size * random.float(0.75...1.25), season: season,
          random: &random)
      }
    }
    for s in places(style.lamps / 2) {
      mesh.lampPost(turned(s, kerb + side * 0.5, side), random: &random)
    }
    for s in places(style.signs / 2) {
      let place = at(s, kerb + side * random.float(0.4...0.9), up)
      // Drivers on the left side of the picture come toward the camera, which sees the sign's back.
      let isFacing = side > 0 || random.chance(0.45)
      mesh.signPost(
        isFacing ? place : place.moved(.zero, turned: .pi), scale: random.float(0.85...1.2),
        random: &random)
    }
    let post = mesh.poleMaterial(random: &random)
    for s in places(style.bollards / 2) {
      mesh.bollard(at(s, kerb + side * 0.35, up), material: post)
    }
    for s in places(style.bushes / 2) {
      mesh.bush(
        at(s, facade(side) - side * random.float(0.3...1), up), size: random.float(0.6...1.6),
        season: season, random: &random)
    }
    for s in places(style.clutter / 2) {
      mesh.clutter(at(s, kerb + side * random.float(0.6...1.6), up), random: &random)
    }
    if random.chance(style.fence * 0.4) { railing(side: side) }
    for s in places(style.parkedBicycles / 2) { standBicycles(s, side) }
    for s in places(style.motorcycles / 2) {
      mesh.motorcycle(
        at(s, kerb + side * random.float(-0.7...0.9), 0).moved(
          .zero, turned: random.float(-0.8...0.8)),
        random: &random)
    }
    park(side: side)
  }

  /// The frame of an object at the right of its road, turned around for the left side.
  private func turned(_ s: Float, _ l: Float, _ side: Float) -> Frame {
    at(s, l, Self.step).moved(.zero, turned: side > 0 ? 0 : .pi)
  }

  /// A guard rail along the kerb.
  private mutating func railing(side: Float) {
    let look = mesh.material(.plain(random.color(0.08...0.45, saturation: 0...0.4)))
    let start = random.float(0...40)
    let design = random.below(2)
    for piece in 0..<random.below(5) + 2 {
      let s = start + Float(piece) * 5
      guard !isCrossing(s, margin: 6) else { continue }
      mesh.fence(
        at(s, kerb(side) + side * 0.3, Self.step), length: 5, height: 1, design: design, look)
    }
  }

  private mutating func standBicycles(_ s: Float, _ side: Float) {
    let l = kerb(side) + side * (random.chance(0.5) ? random.float(0.4...1) : sidewalk - 0.5)
    let heading = random.chance(0.5) ? random.float(-0.3...0.3) : random.float(1.2...1.9)
    for i in 0..<random.below(4) + 1 {
      mesh.bicycle(
        at(s + Float(i) * 0.6, l, Self.step).moved(
          .zero, turned: heading + random.float(-0.15...0.15)),
        random: &random)
    }
  }

  private mutating func park(side: Float) {
    let width = side < 0 ? parking.left : parking.right
    guard width > 0 else { return }
    let taken = random.float(style.parkedCars)
    for s in stride(from: extent.lowerBound, to: min(end, extent.upperBound), by: 5.9) {
      guard !isCrossing(s, margin: 6), random.chance(taken) else { continue }
      let place = at(s + random.float(-0.4...0.4), kerb(side) - side * (width / 2 - 0.05))
      mesh.car(
        place.moved(.zero, turned: (side < 0 ? .pi : 0) + random.float(-0.03...0.03)),
        random: &random)
    }
  }

  mutating func addCrossing() {
    guard let crossing else { return }
    let (low, high) = (crossing.s - crossing.width / 2, crossing.s + crossing.width / 2)
    mesh.begin(.road)
    let asphalt = mesh.material(
      Material(
        pattern: .asphalt, a: Vector(1, 1, 1) * random.float(0.15...0.32), seed: random.seed32()))
    let corner = at(low, 0, 0.004)
    mesh.plane(
      corner.origin - corner.right * 120, corner.right * 240, corner.forward * crossing.width,
      asphalt, isGround: true)
    let isSignalled = random.chance(0.75)
    let lit = random.chance(0.5) ? 0 : 2
    let corners: [(s: Float, side: Float, heading: Float)] = [
      (low - 1.5, 1, 0), (high + 1, -1, 0), (high + 1.5, -1, .pi), (low - 1, 1, .pi / 2),
      (high + 1, 1, -.pi / 2), (high + 1, 1, 0),
    ]
    for corner in corners where isSignalled {
      let place = at(corner.s, kerb(corner.side) + corner.side * 0.5, Self.step)
      mesh.trafficLight(
        place.moved(.zero, turned: corner.heading), arm: corner.s < low && random.chance(0.5),
        lit: abs(corner.heading) < 1 || corner.heading > 3 ? lit : 2 - lit, random: &random)
    }
    for side: Float in [-1, 1] {
      mesh.signPost(
        at(low - 2.5, kerb(side) + side * 0.9, Self.step).moved(.zero, turned: side > 0 ? 0 : .pi),
        scale: 1, random: &random)
    }
    for _ in 0..<2 where random.chance(0.5) {
      let side: Float = random.chance(0.5) ? -1 : 1
      let place = at(crossing.s + side * crossing.width / 4, side * random.float(14...40))
      mesh.car(place.moved(.zero, turned: -side * .pi / 2), random: &random)
    }
  }
}
