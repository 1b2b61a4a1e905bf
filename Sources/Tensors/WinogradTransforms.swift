/// The one-dimensional transforms of Winograd's F(4, 3): four outputs of a three-tap filter from six
/// inputs with six multiplications (Lavin and Gray 2016, section 4.3). Each is applied along rows and
/// columns; those of the weight gradient are the transposes.

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

/// p and q of the interpolation points 0, p, -p, q, -q and infinity. 5/8 and 3/2 halve the error of
/// the textbook's 1 and 2; the constants of B and A are exact.
private let p: Float = 0.625
private let q: Float = 1.5
private let p2 = p * p
private let q2 = q * q
/// The denominators of G: of the products of differences between the points.
private let gp = Float(1 / (2 * Double(p2) * (Double(p2) - Double(q2))))
private let gq = Float(1 / (2 * Double(q2) * (Double(q2) - Double(p2))))

/// B^T d, of inputs.
@inline(__always)
func winogradInput(_ d: Six) -> Six {
  let (even, odd) = (d.e.addingProduct(d.c, -q2), d.d.addingProduct(d.b, -q2))
  let (even2, odd2) = (d.e.addingProduct(d.c, -p2), d.d.addingProduct(d.b, -p2))
  return Six(
    a: d.e.addingProduct(d.c, -(p2 + q2)).addingProduct(d.a, p2 * q2),
    b: even.addingProduct(odd, p), c: even.addingProduct(odd, -p), d: even2.addingProduct(odd2, q),
    e: even2.addingProduct(odd2, -q),
    f: d.f.addingProduct(d.d, -(p2 + q2)).addingProduct(d.b, p2 * q2))
}

/// A^T m, to outputs.
@inline(__always)
func winogradOutput(_ m: Six) -> Four {
  let (sum, difference) = (m.b + m.c, m.b - m.c)
  let (sum2, difference2) = (m.d + m.e, m.d - m.e)
  return Four(
    a: m.a + sum + sum2, b: (difference * p).addingProduct(difference2, q),
    c: (sum * p2).addingProduct(sum2, q2),
    d: m.f.addingProduct(difference, p * p2).addingProduct(difference2, q * q2))
}

/// A y, of the gradient of outputs.
@inline(__always)
func winogradOutputGradient(_ y: Four) -> Six {
  let (even, odd) = (y.a.addingProduct(y.c, p2), y.b.addingProduct(y.d, p2))
  let (even2, odd2) = (y.a.addingProduct(y.c, q2), y.b.addingProduct(y.d, q2))
  return Six(
    a: y.a, b: even.addingProduct(odd, p), c: even.addingProduct(odd, -p),
    d: even2.addingProduct(odd2, q), e: even2.addingProduct(odd2, -q), f: y.d)
}

/// G w, of weights.
@inline(__always)
func winogradWeights(_ w: Three) -> Six {
  let (even, odd) = ((w.a * gp).addingProduct(w.c, gp * p2), w.b * (gp * p))
  let (even2, odd2) = ((w.a * gq).addingProduct(w.c, gq * q2), w.b * (gq * q))
  return Six(
    a: w.a * (1 / (p2 * q2)), b: even + odd, c: even - odd, d: even2 + odd2, e: even2 - odd2,
    f: w.c)
}

/// G^T u, to the gradient of weights.
@inline(__always)
func winogradWeightGradient(_ u: Six) -> Three {
  let (sum, difference) = (u.b + u.c, u.b - u.c)
  let (sum2, difference2) = (u.d + u.e, u.d - u.e)
  return Three(
    a: (u.a * (1 / (p2 * q2))).addingProduct(sum, gp).addingProduct(sum2, gq),
    b: (difference * (gp * p)).addingProduct(difference2, gq * q),
    c: u.f.addingProduct(sum, gp * p2).addingProduct(sum2, gq * q2))
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
