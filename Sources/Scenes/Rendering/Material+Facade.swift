extension Material {
  /// A wall with rows of windows and, in some variants, shops on the ground floor.
  /// `variant` bit 0: shops; bit 1: French windows; bit 2: horizontal bands; bit 3: brick.
  @inline(__always)
  func facade(
    _ place: SIMD2<Float>, _ extent: SIMD2<Float>, _ height: Float, _ footprint: Float,
    _ reflected: () -> Vector
  ) -> Look {
    var wall = a * grain(place * 0.35, 0.25) * grain(place * 6, 0.12 * fade(0.2, footprint))
    if variant & 8 != 0 {
      let row = (place.y / 0.16).rounded(.down)
      let column = (place.x / 0.3 + row * 0.5).rounded(.down)
      wall *= 1 + 0.3 * (hashed(Int32(column), Int32(row), seed) - 0.5) * fade(0.3, footprint)
    }
    let floor = (place.y / size.y).rounded(.down)
    let inFloor = place.y / size.y - floor
    let isGroundFloor = floor < 1
    if variant & 4 != 0, inFloor > 0.93 { wall = c * 0.9 }
    if place.y > extent.y - 0.5 { return Look(reflectance: c) }
    if isGroundFloor, variant & 1 != 0 { return shop(place, inFloor, wall, reflected) }
    if isGroundFloor, inFloor < 0.12 { return Look(reflectance: wall * 0.6) }
    let margin = max(0, extent.x - size.x * (extent.x / size.x).rounded(.down)) / 2
    let across = (place.x - margin) / size.x
    let column = across.rounded(.down)
    guard place.x > margin, place.x < extent.x - margin else { return Look(reflectance: wall) }
    let inColumn = across - column
    let low: Float = variant & 2 != 0 ? 0.1 : 0.3
    let (x, y) = (abs(inColumn - 0.5) / 0.26, (inFloor - low) / (0.86 - low))
    let id = hashed(Int32(column), Int32(floor), seed)
    if isGroundFloor, id < 0.16 {  // a door
      if x < 0.8, inFloor < 0.75 { return Look(reflectance: c * (x < 0.65 ? 0.5 : 0.8)) }
      return Look(reflectance: wall)
    }
    guard x < 1, y > 0, y < 1 else {
      let sill = y < 0 && y > -0.07 && x < 1.1
      return Look(reflectance: sill ? c : wall)
    }
    if x > 0.86 || y < 0.07 || y > 0.94 || abs(x) < 0.06 { return Look(reflectance: c) }
    if id > 0.8, y > 1.6 - id { return Look(reflectance: c * 0.85) }  // a blind, partly down
    let dark = b * (0.5 + id)
    return Look(reflectance: dark, emission: reflected() * (0.03 + 0.18 * id * id))
  }

  @inline(__always)
  private func shop(
    _ place: SIMD2<Float>, _ inFloor: Float, _ wall: Vector, _ reflected: () -> Vector
  ) -> Look {
    let across = place.x / (size.x * 2.2)
    let column = across.rounded(.down)
    let inColumn = across - column
    let id = hashed(Int32(column), 7, seed)
    if inColumn < 0.06 || inFloor < 0.08 { return Look(reflectance: wall * 0.7) }
    if inFloor > 0.78 {
      // The shop's name on its own color.
      let letters = valueNoise(place.x * 5, 0.5, seed) > 0.5 && inFloor > 0.83 && inFloor < 0.93
      let board = Vector(id, hashed(Int32(column), 8, seed), hashed(Int32(column), 9, seed))
      return Look(reflectance: letters && inColumn > 0.2 && inColumn < 0.85 ? c : board * 0.6)
    }
    if abs(inColumn - 0.53) < 0.015 { return Look(reflectance: c * 0.5) }
    let goods = valueNoise(place.x * 3, place.y * 3, seed &+ 3)
    return Look(reflectance: b + Vector(0.3, 0.25, 0.2) * goods * id, emission: reflected() * 0.15)
  }

  /// Side of a bus, train or van.
  @inline(__always)
  func flank(
    _ u: Float, _ v: Float, _ extent: SIMD2<Float>, _ reflected: () -> Vector
  ) -> Look {
    let inWindows = v > size.x && v < size.y
    if inWindows {
      let pane = u * extent.x / 1.4
      let isPost = pane - pane.rounded(.down) < 0.09
      if !isPost {
        return Look(reflectance: Vector(0.05, 0.06, 0.07), emission: reflected() * 0.14)
      }
      return Look(reflectance: c)
    }
    let isStripe = v < size.x && v > size.x * 0.6
    return Look(
      reflectance: (isStripe ? b : a) * (v < 0.12 ? 0.4 : 1), emission: reflected() * 0.05)
  }
}
