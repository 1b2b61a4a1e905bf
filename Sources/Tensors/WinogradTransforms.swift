/// The one-dimensional transforms of Winograd's F(4, 3): four outputs of a three-tap filter from six
/// inputs with six multiplications (Lavin and Gray 2016, section 4.3, interpolation points 0, 1, -1,
/// 2, -2 and infinity). Each is applied along rows and columns; those of the weight gradient are
/// the transposes.

/// Six vectors along one axis of a tile.
struct Six {
  var a: Lanes
  var b: Lanes
  var c: Lanes
  var d: Lanes
  var e: Lanes
  var f: Lanes
}

/// Four vectors along one axis of a tile of outputs.
struct Four {
  var a: Lanes
  var b: Lanes
  var c: Lanes
  var d: Lanes
}

/// Three vectors along one axis of a kernel.
struct Three {
  var a: Lanes
  var b: Lanes
  var c: Lanes
}

/// B^T d, of inputs.
@inline(__always)
func winogradInput(_ d: Six) -> Six {
  let (even, odd) = (d.e.addingProduct(d.c, -4), d.d.addingProduct(d.b, -4))
  let (even2, odd2) = (d.e - d.c, (d.d - d.b) * 2)
  return Six(
    a: d.e.addingProduct(d.c, -5).addingProduct(d.a, 4), b: even + odd, c: even - odd,
    d: even2 + odd2, e: even2 - odd2, f: d.f.addingProduct(d.d, -5).addingProduct(d.b, 4))
}

/// A^T m, to outputs.
@inline(__always)
func winogradOutput(_ m: Six) -> Four {
  let (sum, difference) = (m.b + m.c, m.b - m.c)
  let (sum2, difference2) = (m.d + m.e, m.d - m.e)
  return Four(
    a: m.a + sum + sum2, b: difference.addingProduct(difference2, 2),
    c: sum.addingProduct(sum2, 4), d: (m.f + difference).addingProduct(difference2, 8))
}

/// A y, of the gradient of outputs.
@inline(__always)
func winogradOutputGradient(_ y: Four) -> Six {
  let (even, odd) = (y.a + y.c, y.b + y.d)
  let (even2, odd2) = (y.a.addingProduct(y.c, 4), (y.b * 2).addingProduct(y.d, 8))
  return Six(a: y.a, b: even + odd, c: even - odd, d: even2 + odd2, e: even2 - odd2, f: y.d)
}

/// G w, of weights.
@inline(__always)
func winogradWeights(_ w: Three) -> Six {
  let (even, odd) = ((w.a + w.c) * (-1 / 6), w.b * (-1 / 6))
  let (even2, odd2) = ((w.a * (1 / 24)).addingProduct(w.c, 1 / 6), w.b * (1 / 12))
  return Six(
    a: w.a * 0.25, b: even + odd, c: even - odd, d: even2 + odd2, e: even2 - odd2, f: w.c)
}

/// G^T u, to the gradient of weights.
@inline(__always)
func winogradWeightGradient(_ u: Six) -> Three {
  let (sum, difference) = (u.b + u.c, u.b - u.c)
  let (sum2, difference2) = (u.d + u.e, u.d - u.e)
  return Three(
    a: (u.a * 0.25).addingProduct(sum, -1 / 6).addingProduct(sum2, 1 / 24),
    b: (difference * (-1 / 6)).addingProduct(difference2, 1 / 12),
    c: u.f.addingProduct(sum, -1 / 6).addingProduct(sum2, 1 / 6))
}

extension SIMD8<Float> {
  @inline(__always)
  fileprivate func addingProduct(_ other: Self, _ factor: Float) -> Self {
    addingProduct(other, Self(repeating: factor))
  }
}

/// Room for a tile of 6 x 6 vectors between the transform along one axis and that along the other.
typealias TileRoom = UnsafeMutablePointer<Lanes>

@inline(__always)
func withTileRoom(_ body: (TileRoom) -> Void) {
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 36) { body($0.baseAddress!) }
}

extension Six {
  /// Six vectors in memory, `step` floats apart.
  @inline(__always)
  init(_ p: UnsafePointer<Float>, step: Int) {
    self.init(
      a: load(p, 8), b: load(p + step, 8), c: load(p + 2 * step, 8), d: load(p + 3 * step, 8),
      e: load(p + 4 * step, 8), f: load(p + 5 * step, 8))
  }

  /// Vector `k` of each of six rows of six.
  @inline(__always)
  init(column k: Int, of room: TileRoom) {
    self.init(
      a: room[k], b: room[6 + k], c: room[12 + k], d: room[18 + k], e: room[24 + k],
      f: room[30 + k])
  }

  @inline(__always)
  func put(row: Int, of room: TileRoom) {
    let p = room + 6 * row
    (p[0], p[1], p[2], p[3], p[4], p[5]) = (a, b, c, d, e, f)
  }

  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>, step: Int) {
    Tensors.store(a, p, 8)
    Tensors.store(b, p + step, 8)
    Tensors.store(c, p + 2 * step, 8)
    Tensors.store(d, p + 3 * step, 8)
    Tensors.store(e, p + 4 * step, 8)
    Tensors.store(f, p + 5 * step, 8)
  }
}

extension Four {
  /// Vector `k` of each of four rows of six.
  @inline(__always)
  init(column k: Int, of room: TileRoom) {
    self.init(a: room[k], b: room[6 + k], c: room[12 + k], d: room[18 + k])
  }

  @inline(__always)
  func put(row: Int, of room: TileRoom) {
    let p = room + 6 * row
    (p[0], p[1], p[2], p[3]) = (a, b, c, d)
  }
}

extension Three {
  /// Vector `k` of each of three rows of six.
  @inline(__always)
  init(column k: Int, of room: TileRoom) { self.init(a: room[k], b: room[6 + k], c: room[12 + k]) }

  @inline(__always)
  func put(row: Int, of room: TileRoom) {
    let p = room + 6 * row
    (p[0], p[1], p[2]) = (a, b, c)
  }
}
