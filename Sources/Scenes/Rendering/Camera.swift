/// A pinhole camera. Image rows run downwards; a ray of pixel position (x, y) is
/// `((x - centerX)/focal, (centerY - y)/focal, 1)` in camera axes right, up, forward.
struct Camera {
  var position: Vector
  var right: Vector
  var up: Vector
  var forward: Vector
  /// Focal length and principal point, in samples of the picture that is being drawn.
  var focal: Float
  var centerX: Float
  var centerY: Float

  /// - Parameters:
  ///   - heading: radians clockwise from +z, seen from above.
  ///   - pitch: radians, positive looks up.
  ///   - focal: focal length divided by the picture's width.
  ///   - horizon: row of the horizon at zero pitch, as a fraction of the height.
  init(
    position: Vector, heading: Float, pitch: Float, focal: Float, horizon: Float, height: Int,
    width: Int
  ) {
    self.position = position
    let (s, c) = sineCosine(heading)
    let (sp, cp) = sineCosine(pitch)
    right = Vector(c, 0, -s)
    forward = Vector(s * cp, sp, c * cp)
    up = Vector(-s * sp, cp, -c * sp)
    self.focal = focal * Float(width)
    centerX = Float(width) / 2
    centerY = horizon * Float(height)
  }

  func toCamera(_ point: Vector) -> Vector { directionToCamera(point - position) }
  func directionToCamera(_ d: Vector) -> Vector {
    Vector(d.dot(right), d.dot(up), d.dot(forward))
  }
  /// Direction in the world of the ray through a picture position, with unit forward part.
  func ray(_ x: Float, _ y: Float) -> Vector {
    forward + right * ((x - centerX) / focal) + up * ((centerY - y) / focal)
  }

  /// The same camera for a picture `factor` times as large.
  func scaled(_ factor: Float) -> Camera {
    var camera = self
    camera.focal *= factor
    camera.centerX *= factor
    camera.centerY *= factor
    return camera
  }
}
