/// The outline of a surface within its parallelogram, by coordinates in 0...1.
enum Outline {
  case full
  case ellipse
  /// An ellipse that is open inside the given fraction of its radius.
  case ring(Float)
  /// An ellipse with an edge as ragged as foliage.
  case ragged(seed: UInt32)
  /// Number of a polygon in the mesh.
  case polygon(Int)
  /// A fence of vertical bars: bars a meter and meters of length.
  case bars(perMetre: Float, length: Float)
}

/// One flat piece of a scene, or one that always faces the camera.
struct Surface {
  enum Shape {
    /// Parallelogram from a corner.
    case plane(corner: Vector, u: Vector, v: Vector)
    /// Upright ellipse facing the camera.
    case billboard(center: Vector, radiusX: Float, radiusY: Float)
    /// A round bar between two points.
    case bar(from: Vector, to: Vector, radius: Float)
  }
  var shape: Shape
  var outline: Outline
  var material: Int32
  var label: SceneClass
  var instance: UInt16
  /// Lies on the ground: receives the shadows of objects.
  var isGround = false
}

/// All surfaces of a scene.
struct Mesh {
  var surfaces: [Surface] = []
  var materials: [Material] = []
  var polygons: [[SIMD2<Float>]] = []
  /// Shadows of objects on the ground: ellipses given by center and half axes, and darkness.
  var shadows: [(center: Vector, u: Vector, v: Vector, darkness: Float)] = []
  /// The class and instance of the surfaces added next.
  var label = SceneClass.void
  var instance: UInt16 = 0
  private var instances: UInt16 = 0

  init() { surfaces.reserveCapacity(4096) }

  mutating func begin(_ label: SceneClass, newInstance: Bool = false) {
    self.label = label
    if newInstance { instances &+= 1 }
    instance = newInstance ? instances : 0
  }

  /// Changes the class but keeps the instance number, as for a rider's bicycle.
  mutating func material(_ material: Material) -> Int32 {
    materials.append(material)
    return Int32(materials.count - 1)
  }

  mutating func polygon(_ points: [SIMD2<Float>]) -> Outline {
    polygons.append(points)
    return .polygon(polygons.count - 1)
  }

  mutating func plane(
    _ corner: Vector, _ u: Vector, _ v: Vector, _ material: Int32, _ outline: Outline = .full,
    isGround: Bool = false
  ) {
    surfaces.append(
      Surface(
        shape: .plane(corner: corner, u: u, v: v), outline: outline, material: material,
        label: label, instance: instance, isGround: isGround))
  }

  mutating func billboard(
    _ center: Vector, _ radiusX: Float, _ radiusY: Float, _ material: Int32,
    _ outline: Outline = .ellipse
  ) {
    surfaces.append(
      Surface(
        shape: .billboard(center: center, radiusX: radiusX, radiusY: radiusY), outline: outline,
        material: material, label: label, instance: instance))
  }

  mutating func bar(_ from: Vector, _ to: Vector, _ radius: Float, _ material: Int32) {
    surfaces.append(
      Surface(
        shape: .bar(from: from, to: to, radius: radius), outline: .full, material: material,
        label: label, instance: instance))
  }

  /// A box standing in `frame`: `low` and `high` are opposite corners. Sides take `material`,
  /// the top takes `top`.
  mutating func box(
    _ frame: Frame, _ low: Vector, _ high: Vector, _ material: Int32, top: Int32? = nil
  ) {
    let size = high - low
    let (x, z) = (frame.right * size.x, frame.forward * size.z)
    let y = Vector(0, size.y, 0)
    let corner = frame.point(low)
    plane(corner, x, y, material)
    plane(corner + z, x, y, material)
    plane(corner, z, y, material)
    plane(corner + x, z, y, material)
    plane(corner + y, x, z, top ?? material)
  }

  /// An ellipse of shade on the ground under an object.
  mutating func shadow(_ frame: Frame, halfWidth: Float, halfLength: Float, darkness: Float = 0.6) {
    shadows.append(
      (frame.origin, frame.right * halfWidth, frame.forward * halfLength, darkness))
  }
}
