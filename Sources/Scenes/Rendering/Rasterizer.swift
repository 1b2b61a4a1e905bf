/// The nearest surface at every sample of a picture.
struct Fragments {
  let height: Int
  let width: Int
  /// Distance along the camera's axis, meters; infinite where there is sky.
  var depth: [Float]
  /// Number of the surface in the mesh, -1 for sky.
  var surface: [Int32]
  /// Fraction of the sunlight that objects block from the ground, 0...1.
  var shade: [Float]
}

/// A surface's parallelogram as one camera sees it. With the ray d of a sample, the plane is met
/// at depth t = distance / (normal·d), at u = t (toU·d) - startU and v = t (toV·d) - startV.
struct Facet {
  let corner: Vector
  let u: Vector
  let v: Vector
  let normal: Vector
  let distance: Float
  let toU: Vector
  let toV: Vector
  let startU: Float
  let startV: Float

  /// Nil if the surface is seen exactly edge-on.
  init?(corner: Vector, u: Vector, v: Vector, camera: Camera) {
    (self.corner, self.u, self.v) = (
      camera.toCamera(corner), camera.directionToCamera(u), camera.directionToCamera(v)
    )
    normal = self.u.cross(self.v)
    let (a, b) = (self.v.cross(normal), normal.cross(self.u))
    let (lengthU, lengthV) = (self.u.dot(a), self.v.dot(b))
    distance = self.corner.dot(normal)
    guard abs(lengthU) > 1e-12, abs(lengthV) > 1e-12, abs(distance) > 1e-9 else { return nil }
    (toU, toV) = (a / lengthU, b / lengthV)
    (startU, startV) = (self.corner.dot(toU), self.corner.dot(toV))
  }

  /// Corner and edges of a surface for a camera.
  static func parallelogram(
    _ shape: Surface.Shape, camera: Camera
  ) -> (corner: Vector, u: Vector, v: Vector) {
    switch shape {
    case .plane(let corner, let u, let v):
      return (corner, u, v)
    case .billboard(let center, let radiusX, let radiusY):
      let side = Vector(0, 1, 0).cross(center - camera.position).normalized * radiusX
      let up = Vector(0, radiusY, 0)
      return (center - side - up, side * 2, up * 2)
    case .bar(let from, let to, let radius):
      let axis = to - from
      let side = axis.cross((from + to) * 0.5 - camera.position).normalized * radius
      return (from - side, side * 2, axis)
    }
  }

  /// The picture positions of the corners of the part in front of the camera.
  func outline(_ camera: Camera) -> [SIMD2<Float>] {
    let near: Float = 0.12
    let corners = [corner, corner + u, corner + u + v, corner + v]
    var points: [SIMD2<Float>] = []
    for i in 0..<4 {
      let (p, q) = (corners[i], corners[(i + 1) & 3])
      if p.z >= near { points.append(Self.project(p, camera)) }
      if (p.z >= near) != (q.z >= near) {
        points.append(Self.project(p + (q - p) * ((near - p.z) / (q.z - p.z)), camera))
      }
    }
    return points
  }

  private static func project(_ p: Vector, _ camera: Camera) -> SIMD2<Float> {
    SIMD2(camera.centerX + camera.focal * p.x / p.z, camera.centerY - camera.focal * p.y / p.z)
  }
}

enum Rasterizer {
  /// Draws the surfaces by depth, one sample at the center of every pixel.
  /// - Parameter asAnnotated: draw outlines as an annotator would: fences without their holes,
  ///   crowns without single leaves.
  static func draw(
    _ mesh: Mesh, camera: Camera, height: Int, width: Int, asAnnotated: Bool,
    withShadows: Bool = true
  ) -> Fragments {
    var fragments = Fragments(
      height: height, width: width, depth: Array(repeating: .infinity, count: height * width),
      surface: Array(repeating: -1, count: height * width),
      shade: Array(repeating: 0, count: withShadows ? height * width : 0))
    var facets: [(facet: Facet, number: Int32, near: Float)] = []
    facets.reserveCapacity(mesh.surfaces.count)
    for (number, surface) in mesh.surfaces.enumerated() {
      let (corner, u, v) = Facet.parallelogram(surface.shape, camera: camera)
      guard let facet = Facet(corner: corner, u: u, v: v, camera: camera) else { continue }
      let z = facet.corner.z
      let near = z + min(0, facet.u.z) + min(0, facet.v.z)
      guard z + max(0, facet.u.z) + max(0, facet.v.z) > 0.12 else { continue }
      facets.append((facet, Int32(number), near))
    }
    // Near surfaces first: what they hide is rejected by depth alone.
    facets.sort { ($0.near, $0.number) < ($1.near, $1.number) }
    fragments.depth.withUnsafeMutableBufferPointer { depth in
      fragments.surface.withUnsafeMutableBufferPointer { owner in
        for (facet, number, _) in facets {
          let outline = mesh.surfaces[Int(number)].outline
          spans(facet, camera: camera, height: height, width: width) { index, t, u, v in
            guard t < depth[index] else { return }
            guard covers(outline, u(), v(), mesh: mesh, asAnnotated: asAnnotated) else { return }
            depth[index] = t
            owner[index] = number
          }
        }
      }
    }
    if withShadows { castShadows(mesh, camera: camera, onto: &fragments) }
    return fragments
  }

  /// Calls `body` with the sample's index, its depth and closures for its coordinates, for each
  /// sample whose center lies in the facet.
  @inline(__always)
  private static func spans(
    _ facet: Facet, camera: Camera, height: Int, width: Int,
    _ body: (_ index: Int, _ t: Float, _ u: () -> Float, _ v: () -> Float) -> Void
  ) {
    let outline = facet.outline(camera)
    guard outline.count >= 3 else { return }
    var (low, high) = (Float.infinity, -Float.infinity)
    for p in outline { (low, high) = (min(low, p.y), max(high, p.y)) }
    guard low < Float(height), high > 0 else { return }
    let firstRow = Int(max(0, (low - 0.5).rounded(.up)))
    let lastRow = Int(min(Float(height - 1), (high - 0.5).rounded(.down)))
    guard firstRow <= lastRow else { return }
    for row in firstRow...lastRow {
      let y = Float(row) + 0.5
      var (left, right) = (Float.infinity, -Float.infinity)
      for i in outline.indices {
        let (p, q) = (outline[i], outline[i + 1 == outline.count ? 0 : i + 1])
        guard (p.y <= y) != (q.y <= y) else { continue }
        let x = p.x + (q.x - p.x) * ((y - p.y) / (q.y - p.y))
        (left, right) = (min(left, x), max(right, x))
      }
      // No edge crosses a row that only touches a corner.
      guard left <= right, left < Float(width), right > 0 else { continue }
      let first = Int(max(0, (left - 0.5).rounded(.up)))
      let last = Int(min(Float(width - 1), (right - 0.5).rounded(.down)))
      guard first <= last else { continue }
      let rayY = (camera.centerY - y) / camera.focal
      for column in first...last {
        let ray = Vector((Float(column) + 0.5 - camera.centerX) / camera.focal, rayY, 1)
        let t = facet.distance / facet.normal.dot(ray)
        body(
          row * width + column, t,
          { t * facet.toU.dot(ray) - facet.startU }, { t * facet.toV.dot(ray) - facet.startV })
      }
    }
  }

  private static func castShadows(_ mesh: Mesh, camera: Camera, onto fragments: inout Fragments) {
    let (height, width) = (fragments.height, fragments.width)
    for shadow in mesh.shadows {
      guard
        let facet = Facet(
          corner: shadow.center - shadow.u - shadow.v, u: shadow.u * 2, v: shadow.v * 2,
          camera: camera)
      else { continue }
      spans(facet, camera: camera, height: height, width: width) { index, t, u, v in
        let surface = fragments.surface[index]
        guard surface >= 0, mesh.surfaces[Int(surface)].isGround else { return }
        guard abs(fragments.depth[index] - t) < 0.05 * t else { return }
        let (x, y) = (2 * u() - 1, 2 * v() - 1)
        // Between an ellipse and its rectangle, soft at the edge.
        let inside = min(1, max(0, 2.5 * (1 - x * x * x * x - y * y * y * y)))
        fragments.shade[index] = max(fragments.shade[index], inside * shadow.darkness)
      }
    }
  }
}
