/// Points and directions in meters, x to the right of the street, y up, z along the street;
/// colors as red, green, blue in 0...1 of linear reflectance.
typealias Vector = SIMD3<Float>

extension SIMD3<Float> {
  func dot(_ other: Self) -> Float { (self * other).sum() }
  func cross(_ o: Self) -> Self {
    Self(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x)
  }
  var length: Float { dot(self).squareRoot() }
  var normalized: Self { self / Swift.max(length, 1e-9) }
  func mixed(_ other: Self, _ amount: Float) -> Self { self + (other - self) * amount }
}

/// A place on the ground with a heading, relative to which objects are built: x right, y up, z
/// forward.
struct Frame {
  var origin: Vector
  var right: Vector
  var forward: Vector

  /// - Parameter heading: radians clockwise from +z, seen from above.
  init(origin: Vector, heading: Float) {
    self.origin = origin
    let (s, c) = sineCosine(heading)
    right = Vector(c, 0, -s)
    forward = Vector(s, 0, c)
  }

  func point(_ p: Vector) -> Vector {
    origin + right * p.x + Vector(0, p.y, 0) + forward * p.z
  }
  func direction(_ p: Vector) -> Vector { right * p.x + Vector(0, p.y, 0) + forward * p.z }

  /// The frame moved by `offset` and turned by `heading` radians.
  func moved(_ offset: Vector, turned heading: Float = 0) -> Frame {
    var frame = self
    frame.origin = point(offset)
    let (s, c) = sineCosine(heading)
    frame.right = right * c - forward * s
    frame.forward = right * s + forward * c
    return frame
  }
}
