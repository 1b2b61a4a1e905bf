import Tensors

/// One finished view: colors, and class and instance of every pixel.
struct Picture {
  let height: Int
  let width: Int
  /// 8-bit red, green, blue, interleaved.
  var colors: [UInt8]
  var labels: [SceneClass]
  var instances: [UInt16]

  /// Renders one view.
  /// - Parameters:
  ///   - camera: for a picture of `height` x `width`.
  ///   - asAnnotated: draw the labels as an annotator would, not by pixel coverage.
  ///   - random: draws lens and sensor.
  init(
    _ street: Street, camera: Camera, height: Int, width: Int, asAnnotated: Bool,
    lens: Lens, random: inout RandomSource
  ) {
    (self.height, self.width) = (height, width)
    // Colors are the mean of 2 x 2 samples; labels come from one sample at the pixel's center.
    let fine = camera.scaled(2)
    let samples = Rasterizer.draw(
      street.mesh, camera: fine, height: 2 * height, width: 2 * width, asAnnotated: false)
    let shader = Shader(mesh: street.mesh, camera: fine, lighting: street.lighting)
    let light = shader.shade(samples)
    colors = lens.develop(light, height: height, width: width, random: &random)
    let centers = Rasterizer.draw(
      street.mesh, camera: camera, height: height, width: width, asAnnotated: asAnnotated,
      withShadows: false)
    let surfaces = street.mesh.surfaces
    labels = centers.surface.map { $0 < 0 ? .sky : surfaces[Int($0)].label }
    instances = centers.surface.map { $0 < 0 ? 0 : surfaces[Int($0)].instance }
  }
}
