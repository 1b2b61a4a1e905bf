/// The one-dimensional transforms of Winograd's minimal filtering F(m, 3): m outputs of a three-tap
/// filter from m + 2 inputs with as many multiplications (Lavin and Gray 2016, section 4). Each is
/// applied along rows and along columns; those of the weight gradient are the transposes.
///
/// The transforms read vector i by `x(i)` and write it by `put(i, _)`.
protocol MinimalFilter {
  /// m.
  static var outputs: Int { get }
  /// B^T d: m + 2 inputs.
  static func input(_ d: (Int) -> Lanes, _ put: (Int, Lanes) -> Void)
  /// A^T m: m + 2 products to m outputs.
  static func output(_ m: (Int) -> Lanes, _ put: (Int, Lanes) -> Void)
  /// A y: the gradient of m outputs to that of m + 2 products.
  static func outputGradient(_ y: (Int) -> Lanes, _ put: (Int, Lanes) -> Void)
  /// G w: three weights.
  static func weights(_ w: (Int) -> Lanes, _ put: (Int, Lanes) -> Void)
  /// G^T u: m + 2 products to the gradient of three weights.
  static func weightGradient(_ u: (Int) -> Lanes, _ put: (Int, Lanes) -> Void)
}

extension MinimalFilter {
  /// Inputs of a tile, and interpolation points.
  static var points: Int { outputs + 2 }
}

/// F(4, 3) with the points 0, p, -p, q, -q and infinity. 5/8 and 3/2 halve the error of the textbook's
/// 1 and 2; the constants of B and A are exact.
enum FourOutputs: MinimalFilter {
  static let outputs = 4

  @inline(__always) private static var p: Float { 0.625 }
  @inline(__always) private static var q: Float { 1.5 }
  @inline(__always) private static var p2: Float { p * p }
  @inline(__always) private static var q2: Float { q * q }
  // The denominators of G: products of differences between the points.
  @inline(__always) private static var gp: Float {
    Float(1 / (2 * Double(p2) * (Double(p2) - Double(q2))))
  }
  @inline(__always) private static var gq: Float {
    Float(1 / (2 * Double(q2) * (Double(q2) - Double(p2))))
  }

  @inline(__always)
  static func input(_ x: (Int) -> Lanes, _ put: (Int, Lanes) -> Void) {
    let (a, b, c, d, e, f) = (x(0), x(1), x(2), x(3), x(4), x(5))
    let (even, odd) = (e.adding(c, -q2), d.adding(b, -q2))
    let (even2, odd2) = (e.adding(c, -p2), d.adding(b, -p2))
    put(0, e.adding(c, -(p2 + q2)).adding(a, p2 * q2))
    put(1, even.adding(odd, p))
    put(2, even.adding(odd, -p))
    put(3, even2.adding(odd2, q))
    put(4, even2.adding(odd2, -q))
    put(5, f.adding(d, -(p2 + q2)).adding(b, p2 * q2))
  }

  @inline(__always)
  static func output(_ m: (Int) -> Lanes, _ put: (Int, Lanes) -> Void) {
    let (b, c, d, e) = (m(1), m(2), m(3), m(4))
    let (sum, difference, sum2, difference2) = (b + c, b - c, d + e, d - e)
    put(0, m(0) + sum + sum2)
    put(1, (difference * p).adding(difference2, q))
    put(2, (sum * p2).adding(sum2, q2))
    put(3, m(5).adding(difference, p * p2).adding(difference2, q * q2))
  }

  @inline(__always)
  static func outputGradient(_ y: (Int) -> Lanes, _ put: (Int, Lanes) -> Void) {
    let (a, b, c, d) = (y(0), y(1), y(2), y(3))
    let (even, odd) = (a.adding(c, p2), b.adding(d, p2))
    let (even2, odd2) = (a.adding(c, q2), b.adding(d, q2))
    put(0, a)
    put(1, even.adding(odd, p))
    put(2, even.adding(odd, -p))
    put(3, even2.adding(odd2, q))
    put(4, even2.adding(odd2, -q))
    put(5, d)
  }

  @inline(__always)
  static func weights(_ w: (Int) -> Lanes, _ put: (Int, Lanes) -> Void) {
    let (a, b, c) = (w(0), w(1), w(2))
    let (even, odd) = ((a * gp).adding(c, gp * p2), b * (gp * p))
    let (even2, odd2) = ((a * gq).adding(c, gq * q2), b * (gq * q))
    put(0, a * (1 / (p2 * q2)))
    put(1, even + odd)
    put(2, even - odd)
    put(3, even2 + odd2)
    put(4, even2 - odd2)
    put(5, c)
  }

  @inline(__always)
  static func weightGradient(_ u: (Int) -> Lanes, _ put: (Int, Lanes) -> Void) {
    let (b, c, d, e) = (u(1), u(2), u(3), u(4))
    let (sum, difference, sum2, difference2) = (b + c, b - c, d + e, d - e)
    put(0, (u(0) * (1 / (p2 * q2))).adding(sum, gp).adding(sum2, gq))
    put(1, (difference * (gp * p)).adding(difference2, gq * q))
    put(2, u(5).adding(sum, gp * p2).adding(sum2, gq * q2))
  }
}

/// F(3, 3) with the points 0, p, -p, r and infinity, 3/4 and 2: of those tried, the points with the
/// smallest error, which equals that of `FourOutputs`. For extents that three divides better than
/// four.
enum ThreeOutputs: MinimalFilter {
  static let outputs = 3

  @inline(__always) private static var p: Float { 0.75 }
  @inline(__always) private static var r: Float { 2 }
  @inline(__always) private static var p2: Float { p * p }
  @inline(__always) private static var g0: Float { Float(1 / (Double(p2) * Double(r))) }
  @inline(__always) private static var gp: Float {
    Float(1 / (2 * Double(p2) * (Double(p) - Double(r))))
  }
  @inline(__always) private static var gm: Float {
    Float(-1 / (2 * Double(p2) * (Double(p) + Double(r))))
  }
  @inline(__always) private static var gr: Float {
    Float(1 / (Double(r) * (Double(r) * Double(r) - Double(p2))))
  }

  @inline(__always)
  static func input(_ x: (Int) -> Lanes, _ put: (Int, Lanes) -> Void) {
    let (a, b, c, d, e) = (x(0), x(1), x(2), x(3), x(4))
    let (u1, u2, u3, u4) = (b.adding(a, -r), c.adding(b, -r), d.adding(c, -r), e.adding(d, -r))
    put(0, u3.adding(u1, -p2))
    put(1, u3.adding(u2, p))
    put(2, u3.adding(u2, -p))
    put(3, d.adding(b, -p2))
    put(4, u4.adding(u2, -p2))
  }

  @inline(__always)
  static func output(_ m: (Int) -> Lanes, _ put: (Int, Lanes) -> Void) {
    let (b, c, d) = (m(1), m(2), m(3))
    let (sum, difference) = (b + c, b - c)
    put(0, m(0) + sum + d)
    put(1, (difference * p).adding(d, r))
    put(2, m(4).adding(sum, p2).adding(d, r * r))
  }

  @inline(__always)
  static func outputGradient(_ y: (Int) -> Lanes, _ put: (Int, Lanes) -> Void) {
    let (a, b, c) = (y(0), y(1), y(2))
    let even = a.adding(c, p2)
    put(0, a)
    put(1, even.adding(b, p))
    put(2, even.adding(b, -p))
    put(3, a.adding(b, r).adding(c, r * r))
    put(4, c)
  }

  @inline(__always)
  static func weights(_ w: (Int) -> Lanes, _ put: (Int, Lanes) -> Void) {
    let (a, b, c) = (w(0), w(1), w(2))
    let (even, odd) = (a.adding(c, p2), b * p)
    put(0, a * g0)
    put(1, (even + odd) * gp)
    put(2, (even - odd) * gm)
    put(3, a.adding(b, r).adding(c, r * r) * gr)
    put(4, c)
  }

  @inline(__always)
  static func weightGradient(_ u: (Int) -> Lanes, _ put: (Int, Lanes) -> Void) {
    let (b, c, d) = (u(1) * gp, u(2) * gm, u(3) * gr)
    let sum = b + c
    put(0, (u(0) * g0) + sum + d)
    put(1, ((b - c) * p).adding(d, r))
    put(2, u(4).adding(sum, p2).adding(d, r * r))
  }
}

extension SIMD8<Float> {
  @inline(__always)
  fileprivate func adding(_ other: Self, _ factor: Float) -> Self {
    addingProduct(other, Self(repeating: factor))
  }
}
