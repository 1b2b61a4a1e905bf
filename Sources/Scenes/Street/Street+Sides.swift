import Tensors

extension Street {
  /// Houses, or a green, along a side (-1 left, 1 right).
  mutating func build(side: Float) {
    let isGreen = random.chance(style.greenSide)
    if isGreen { return plantGreen(side: side) }
    let typical = random.float(style.buildingHeight)
    var s = extent.lowerBound
    while s < min(end, extent.upperBound) {
      if isCrossing(s, margin: sidewalk + 1), let crossing {
        s = crossing.s + crossing.width / 2 + sidewalk + 1.01
        continue
      }
      if random.chance(style.gap) {
        let width = random.float(3...10)
        fillGap(s, width, side)
        s += width
        continue
      }
      var width = random.float(8...22)
      if let crossing, s < crossing.s {
        width = min(width, crossing.s - crossing.width / 2 - sidewalk - 1 - s + 0.02)
      }
      let height = typical * random.float(0.7...1.35)
      let place = at(s, facade(side), Self.step * 0)
      mesh.building(
        place, width: max(width, 1), height: height, depth: random.float(9...14), side: side,
        random: &random)
      lighting.skyline.raise(side: side, from: s, to: s + width, height: height)
      s += max(width, 1)
    }
  }

  /// What closes a gap between two houses.
  private mutating func fillGap(_ s: Float, _ width: Float, _ side: Float) {
    let place = at(s, facade(side))
    set(makeBoundary(), place, length: width, side: side)
    for _ in 0..<random.count(width * 0.25) {
      mesh.tree(
        place.moved(Vector(side * random.float(3...14), 0, random.float(0...width))),
        height: random.float(5...11), season: season, random: &random)
    }
  }

  /// Front gardens or yards along a side: a fence, wall or hedge between sidewalk and houses.
  mutating func enclose(side: Float) {
    guard random.chance(style.frontYard) else { return }
    let boundary = makeBoundary()
    let start = random.float(extent.lowerBound...end * 0.6)
    let stop = start + random.float(15...60)
    let l =
      grass > 0 && random.chance(0.7) ? kerb(side) + side * sidewalk : facade(side) - side * 0.5
    pieces { street, s, length in
      guard s >= start, s < stop, street.random.chance(0.92) else { return }
      street.set(boundary, street.at(s, l, Self.step), length: length, side: side)
    }
  }

  private struct Boundary {
    enum Kind { case fence, wall, hedge }
    let kind: Kind
    let height: Float
    let design: Int
    let look: Int32
  }

  private mutating func makeBoundary() -> Boundary {
    let height = random.float(0.9...2.1)
    let design = random.below(3)
    let choice = random.float(0...(style.fence + style.wall + 0.25))
    if choice < style.fence {
      let tone = random.color(0.04...0.45, saturation: 0...0.5)
      let look = mesh.material(
        Material(pattern: .masonry, a: tone, size: [0.14, 4], seed: random.seed32()))
      return Boundary(kind: .fence, height: height, design: design, look: look)
    }
    let isWall = choice < style.fence + style.wall
    return Boundary(
      kind: isWall ? .wall : .hedge, height: height, design: design, look: wallMaterial())
  }

  private mutating func set(_ boundary: Boundary, _ place: Frame, length: Float, side: Float) {
    switch boundary.kind {
    case .fence:
      mesh.fence(
        place, length: length, height: boundary.height, design: boundary.design, boundary.look)
    case .wall: mesh.wall(place, length: length, height: boundary.height, boundary.look)
    case .hedge:
      mesh.hedge(
        place.moved(Vector(side > 0 ? 0 : -0.9, 0, 0)), length: length, height: boundary.height,
        season: season, random: &random)
    }
  }

  private mutating func wallMaterial() -> Int32 {
    let tone =
      random.chance(0.4)
      ? Vector(0.42, 0.22, 0.15) : Vector(1, 0.98, 0.94) * random.float(0.25...0.6)
    return mesh.material(
      Material(
        pattern: random.chance(0.7) ? .masonry : .plain, a: tone,
        size: random.chance(0.5) ? [0.3, 0.12] : [0.8, 0.4], seed: random.seed32()))
  }

  /// A park: boundary, bushes and trees, several rows deep.
  private mutating func plantGreen(side: Float) {
    let boundary = random.chance(0.7) ? makeBoundary() : nil
    pieces { street, s, length in
      guard s < street.end else { return }
      let place = street.at(s, street.facade(side))
      if let boundary { street.set(boundary, place, length: length, side: side) }
      for row in 0..<3 {
        for _ in 0..<street.random.count(row == 0 ? 1 : 1.4) {
          let offset = Vector(
            side * (2 + Float(row) * 5 + street.random.float(0...4)), 0,
            street.random.float(0...length))
          street.mesh.tree(
            place.moved(offset), height: street.random.float(6...14), season: street.season,
            random: &street.random)
        }
      }
      for _ in 0..<street.random.count(1.5) {
        let offset = Vector(side * street.random.float(1.5...7), 0, street.random.float(0...length))
        street.mesh.bush(
          place.moved(offset), size: street.random.float(0.8...2.2), season: street.season,
          random: &street.random)
      }
    }
  }

  /// Houses and trees behind the street's own, so that no view ends in empty space.
  mutating func closeView() {
    for side: Float in [-1, 1] {
      for s in stride(from: extent.lowerBound - 40, to: extent.upperBound + 40, by: 18) {
        let place = at(s, facade(side) + side * random.float(26...46))
        mesh.building(
          place, width: 17, height: random.float(7...16), depth: 10, side: side, random: &random)
        let tree = place.moved(Vector(-side * random.float(3...9), 0, random.float(0...16)))
        mesh.tree(tree, height: random.float(6...13), season: season, random: &random)
      }
    }
    for (s, heading) in [(end, Float(0)), (extent.lowerBound - 8, Float(3.14159))] {
      // Rows of houses across both ends of the street.
      for l in stride(from: Float(-64), to: 64, by: 16) {
        let place = at(s, 0).moved(Vector(l, 0, 0), turned: .pi / 2)
        mesh.building(
          place, width: 15.8, height: random.float(8...18), depth: 10, side: heading == 0 ? -1 : 1,
          random: &random)
        if random.chance(0.6) {
          let before = at(s, 0).moved(Vector(l + 8, 0, heading == 0 ? -4 : 4))
          mesh.tree(before, height: random.float(5...12), season: season, random: &random)
        }
      }
    }
  }
}
