import Files
import Tensors

extension Street {
  /// Roadway, markings, kerbs, sidewalks and grass.
  mutating func layGround() {
    let gray = random.float(0.13...0.34)
    let tint = Vector(random.float(0.95...1.06), 1, random.float(0.94...1.06))
    let asphalt = mesh.material(
      Material(pattern: .asphalt, a: tint * gray, seed: random.seed32()))
    let slabs = random.chance(0.6)
    let pave = random.float(0.22...0.5)
    let warm = Vector(1.06, 1, 0.93).mixed(Vector(0.98, 1, 1.02), Float(random.uniform()))
    let paving = mesh.material(
      slabs
        ? Material(
          pattern: .paving, a: warm * pave, size: SIMD2(repeating: random.float(0.3...0.9)),
          seed: random.seed32())
        : Material(pattern: .asphalt, a: warm * pave * 0.9, seed: random.seed32()))
    let kerbstone = mesh.material(.plain(Vector(1, 1, 0.98) * random.float(0.25...0.5)))
    let grassLook = mesh.foliage(random: &random, season: season)
    let turf = mesh.material(
      Material(
        pattern: .foliage, a: grassLook.a * 2.2, b: grassLook.b, size: [1.5, 1.5],
        seed: random.seed32()))
    layBase(turf: turf, paving: paving)
    strip(.road, kerbLeft, kerbRight, 0, asphalt, acrossCrossing: true)
    if style.grass > 0, parking.left + parking.right > 0, random.chance(0.25) { layParking(paving) }
    for side: Float in [-1, 1] {
      let kerb = kerb(side)
      strip(.sidewalk, kerb, kerb + side * sidewalk, Self.step, paving)
      if grass > 0 {
        strip(.terrain, kerb + side * sidewalk, facade(side), Self.step, turf)
      }
      mesh.begin(.sidewalk)
      pieces { street, s, length in
        let from = street.at(s, kerb).origin
        let to = street.at(s + length, kerb).origin
        street.mesh.plane(from, to - from, Vector(0, Self.step, 0), kerbstone)
      }
    }
    mark()
    if hasTram { layRails() }
  }

  private mutating func layBase(turf: Int32, paving: Int32) {
    mesh.begin(style.grass > 0 ? .terrain : .sidewalk)
    mesh.plane(
      Vector(-300, -0.04, -300), Vector(600, 0, 0), Vector(0, 0, 600),
      style.grass > 0 ? turf : paving, isGround: true)
  }

  private mutating func layParking(_ look: Int32) {
    for (side, width) in [(Float(-1), parking.left), (1, parking.right)] where width > 0 {
      strip(.parking, kerb(side), kerb(side) - side * width, 0.01, look)
    }
  }

  /// Calls `body` with the start and length of every piece of street except the crossing.
  mutating func pieces(
    acrossCrossing: Bool = false, _ body: (inout Street, _ s: Float, _ length: Float) -> Void
  ) {
    var s = extent.lowerBound
    while s < extent.upperBound {
      var length: Float = 8
      if let crossing, !acrossCrossing {
        let (low, high) = (crossing.s - crossing.width / 2, crossing.s + crossing.width / 2)
        if s >= low, s < high {
          s = high
          continue
        }
        if s < low { length = min(length, low - s) }
      }
      body(&self, s, length)
      s += length
    }
  }

  /// A strip of ground between two lateral positions.
  mutating func strip(
    _ label: SceneClass, _ from: Float, _ to: Float, _ height: Float, _ look: Int32,
    acrossCrossing: Bool = false
  ) {
    mesh.begin(label)
    let (low, high) = (min(from, to), max(from, to))
    pieces(acrossCrossing: acrossCrossing) { street, s, length in
      let here = street.at(s, low, height)
      let there = street.at(s + length, low, height)
      // Pieces overlap a little, so that bends have no gaps.
      street.mesh.plane(
        here.origin, here.right * (high - low), (there.origin - here.origin) * 1.02, look,
        isGround: true)
    }
  }

  private mutating func mark() {
    let white = random.float(0.55...0.9)
    let paint = mesh.material(
      Material(
        pattern: .paint, a: Vector(1, 1, 0.96) * white, b: Vector(0.3, 0.3, 0.3),
        seed: random.seed32()))
    let dash = random.float(2.5...5)
    let width = random.float(style.marking)
    let isSolid = random.chance(0.25)
    for number in 1..<lanes {
      let l = (Float(number) - Float(lanes) / 2) * lane
      let isMiddle = number == lanes / 2 && isSolid
      line(l, width: width, dash: isMiddle ? 8 : dash, gap: isMiddle ? 0 : dash * 1.3, paint)
    }
    if random.chance(0.6) {
      for (side, strip) in [(Float(-1), parking.left), (1, parking.right)] {
        let l = side * (Float(lanes) * lane / 2 - (strip > 0 ? 0 : 0.3))
        line(l, width: width, dash: 8, gap: 0, paint)
      }
    }
    if let crossing {
      for zebra in [crossing.s - crossing.width / 2 - 4.5, crossing.s + crossing.width / 2 + 1.2] {
        stripes(zebra, paint)
      }
      stopLine(crossing.s - crossing.width / 2 - 6, paint)
    }
    if random.chance(style.crosswalk) {
      let s = random.float(8...40)
      if !isCrossing(s, margin: 14) { crosswalk(s, paint) }
    }
    arrow(random.float(8...30), paint)
  }

  /// A marking along the street.
  mutating func line(_ l: Float, width: Float, dash: Float, gap: Float, _ look: Int32) {
    mesh.begin(.laneMarking)
    var s = extent.lowerBound
    while s < extent.upperBound {
      if !isCrossing(s, margin: 5), !isCrossing(s + dash, margin: 5) {
        mark(s, l - width / 2, dash, width, look)
      }
      s += dash + gap
    }
  }

  private mutating func mark(_ s: Float, _ l: Float, _ length: Float, _ width: Float, _ look: Int32)
  {
    let here = at(s, l, 0.012)
    let there = at(s + length, l, 0.012)
    mesh.plane(here.origin, here.right * width, there.origin - here.origin, look, isGround: true)
  }

  private mutating func stripes(_ s: Float, _ look: Int32) {
    mesh.begin(.laneMarking)
    for l in stride(from: kerbLeft + 0.4, to: kerbRight - 0.4, by: 1) { mark(s, l, 3, 0.5, look) }
  }

  /// A crosswalk with traffic lights.
  private mutating func crosswalk(_ s: Float, _ look: Int32) {
    stripes(s, look)
    stopLine(s - 2, look)
    for side: Float in [-1, 1] {
      let place = at(side > 0 ? s - 0.6 : s + 3.6, kerb(side) + side * 0.5, Self.step)
      mesh.trafficLight(
        place.moved(.zero, turned: side > 0 ? 0 : .pi), arm: random.chance(0.3),
        lit: random.below(3), random: &random)
    }
  }

  private mutating func stopLine(_ s: Float, _ look: Int32) {
    mesh.begin(.laneMarking)
    mark(s, 0.1, 0.5, Float(lanes) * lane / 2 - 0.2, look)
  }

  private mutating func arrow(_ s: Float, _ look: Int32) {
    guard random.chance(0.4), !isCrossing(s, margin: 8) else { return }
    mesh.begin(.laneMarking)
    mark(s, ownLane - 0.08, 3, 0.16, look)
    let head = at(s + 3, ownLane - 0.45, 0.012)
    let outline = mesh.polygon([[0, 0], [1, 0], [0.5, 1]])
    mesh.plane(head.origin, head.right * 0.9, head.forward * 1.6, look, outline, isGround: true)
  }

  private mutating func layRails() {
    let bed = mesh.material(
      Material(
        pattern: .rails, a: Vector(1, 0.97, 0.93) * random.float(0.14...0.3), seed: random.seed32())
    )
    strip(.railTrack, -lane + 0.3, -0.3, 0.008, bed, acrossCrossing: true)
  }
}
