/// Turns fragments into light: pattern, sun, sky and haze.
struct Shader {
  let mesh: Mesh
  let camera: Camera
  let lighting: Lighting

  /// Linear light of every sample, rows top to bottom.
  func shade(_ fragments: Fragments) -> [Vector] {
    var facets = [LitFacet?](repeating: nil, count: mesh.surfaces.count)
    var light = [Vector](repeating: .zero, count: fragments.height * fragments.width)
    for row in 0..<fragments.height {
      for column in 0..<fragments.width {
        let index = row * fragments.width + column
        let (x, y) = (Float(column) + 0.5, Float(row) + 0.5)
        let number = Int(fragments.surface[index])
        guard number >= 0 else {
          light[index] = lighting.sky(camera.ray(x, y))
          continue
        }
        if facets[number] == nil { facets[number] = LitFacet(mesh.surfaces[number], camera) }
        guard let facet = facets[number] else { continue }
        light[index] = shade(
          facet, x, y, depth: fragments.depth[index], shade: fragments.shade[index])
      }
    }
    return light
  }

  /// A visible surface with the data that shading needs.
  struct LitFacet {
    let facet: Facet
    let surface: Surface
    /// Unit normal in the world, toward the camera.
    let normal: Vector
    let side: Vector
    let size: SIMD2<Float>

    init?(_ surface: Surface, _ camera: Camera) {
      let (corner, u, v) = Facet.parallelogram(surface.shape, camera: camera)
      guard let facet = Facet(corner: corner, u: u, v: v, camera: camera) else { return nil }
      self.facet = facet
      self.surface = surface
      let n = u.cross(v).normalized
      normal = n.dot(camera.position - corner) < 0 ? -n : n
      side = u.normalized
      size = SIMD2(u.length, v.length)
    }
  }

  @inline(__always)
  private func shade(
    _ lit: LitFacet, _ x: Float, _ y: Float, depth: Float, shade: Float
  ) -> Vector {
    let cameraRay = Vector(
      (x - camera.centerX) / camera.focal, (camera.centerY - y) / camera.focal, 1)
    let u = depth * lit.facet.toU.dot(cameraRay) - lit.facet.startU
    let v = depth * lit.facet.toV.dot(cameraRay) - lit.facet.startV
    let ray = camera.ray(x, y)
    let point = camera.position + ray * depth
    var normal = lit.normal
    switch lit.surface.shape {
    case .plane: break
    case .billboard:
      let (a, b) = (2 * u - 1, 2 * v - 1)
      let up = Vector(0, 1, 0)
      normal =
        (lit.normal * max(0.15, 1 - a * a - b * b).squareRoot() + lit.side * a + up * b)
        .normalized
    case .bar:
      let a = 2 * u - 1
      normal = (lit.normal * max(0.1, 1 - a * a).squareRoot() + lit.side * a).normalized
    }
    let material = mesh.materials[Int(lit.surface.material)]
    let footprint = depth / camera.focal
    let isFlat = lit.surface.isGround
    // Ground patterns continue across the pieces of a road, so they use world coordinates.
    let place = isFlat ? SIMD2(point.x, point.z) : SIMD2(u, v) * lit.size
    let look = material.look(
      u: u, v: v, place: place, size: lit.size, height: point.y, footprint: footprint,
      reflected: { lighting.sky(ray - normal * (2 * ray.dot(normal))) })
    let cosine = normal.dot(lighting.sun)
    var direct: Float = 0
    if cosine > 0, lighting.skyline.isLit(point, sun: lighting.sun) { direct = cosine }
    direct *= 1 - shade
    // Streets are canyons: less sky is seen from below and from the walls.
    let openness = (0.55 + 0.45 * normal.y * (normal.y > 0 ? 1 : 0.5)) * (1 - 0.35 * shade)
    let base = look.reflectance * (lighting.sunColor * direct + lighting.ambient * openness)
    return lighting.hazed(base + look.emission, depth * ray.length)
  }
}
