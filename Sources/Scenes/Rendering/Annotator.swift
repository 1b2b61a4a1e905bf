import Tensors

/// How label maps drawn by hand differ from what was in front of the camera.
enum Annotator {
  /// Moves class borders by a pixel or two: labels are looked up through a displacement that is
  /// linear between the points of a coarse grid, so that borders also become polygons.
  static func jitterBorders(_ picture: inout Picture, random: inout RandomSource) {
    let (h, w) = (picture.height, picture.width)
    // About the same distance as at full resolution, where clicks miss by three or four pixels of
    // 1024 rows.
    let reach = max(0.6, 1.1 * Float(h) / 256)
    let cell = max(4, 9 * Float(h) / 256)
    let (seedX, seedY) = (random.seed32(), random.seed32())
    let original = picture.labels
    for y in 0..<h {
      for x in 0..<w {
        let (gx, gy) = (Float(x) / cell, Float(y) / cell)
        let dx = (linearNoise(gx, gy, seedX) - 0.5) * 2 * reach
        let dy = (linearNoise(gx, gy, seedY) - 0.5) * 2 * reach
        let sx = min(w - 1, max(0, x + Int(dx.rounded())))
        let sy = min(h - 1, max(0, y + Int(dy.rounded())))
        picture.labels[y * w + x] = original[sy * w + sx]
      }
    }
  }

  private static func linearNoise(_ x: Float, _ y: Float, _ seed: UInt32) -> Float {
    let (fx, fy) = (x.rounded(.down), y.rounded(.down))
    let (ix, iy, dx, dy) = (Int32(fx), Int32(fy), x - fx, y - fy)
    let top = hashed(ix, iy, seed) * (1 - dx) + hashed(ix + 1, iy, seed) * dx
    let bottom = hashed(ix, iy + 1, seed) * (1 - dx) + hashed(ix + 1, iy + 1, seed) * dx
    return top * (1 - dy) + bottom * dy
  }

  /// The outermost columns are "out of roi" (label id 3), as in the real label files.
  static func markBorder(_ ids: inout [UInt8], height: Int, width: Int) {
    guard width >= 128 else { return }
    for y in 0..<height {
      ids[y * width] = 3
      ids[y * width + width - 1] = 3
    }
  }
}

/// The hood of the camera's own car at the bottom of the picture.
struct Bonnet {
  /// Height of its top, as fraction of the picture's, in the middle.
  let top: Float
  let color: Vector

  init(random: inout RandomSource) {
    top = random.float(0.895...0.92)
    color = Vector(26, 28, 30) * random.float(0.7...1.6)
  }

  func draw(on picture: inout Picture) {
    let (h, w) = (picture.height, picture.width)
    for y in Int(Float(h) * top)..<h {
      for x in 0..<w {
        let across = 2 * (Float(x) + 0.5) / Float(w) - 1
        let depth = (Float(y) + 0.5) / Float(h) - top - 0.045 * across * across
        guard depth > 0 else { continue }
        let p = y * w + x
        picture.labels[p] = .egoVehicle
        // The paint reflects the scene above.
        let mirrored = max(0, Int((top - 0.1 - depth * 5) * Float(h))) * w + x
        for c in 0..<3 {
          let glint = Float(picture.colors[3 * mirrored + c]) * max(0, 0.45 - depth * 3)
          picture.colors[3 * p + c] = UInt8(min(255, color[c] + glint))
        }
      }
    }
  }
}
