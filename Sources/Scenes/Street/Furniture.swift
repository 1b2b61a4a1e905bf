import Files
import Tensors

/// Poles, signs, traffic lights, fences, walls and other street furniture.
extension Mesh {
  /// Colors of poles: metal grays, often just the road's own, some painted.
  mutating func poleMaterial(random: inout RandomSource) -> Int32 {
    let gray = random.float(0.1...0.5)
    let color =
      random.chance(0.75)
      ? Vector(gray, gray, gray) : random.color(0.08...0.3, saturation: 0.2...0.6)
    return material(.plain(color, seed: random.seed32()))
  }

  /// A streetlight with its arm over the road to the left of the frame.
  mutating func lampPost(_ frame: Frame, random: inout RandomSource) {
    begin(.pole)
    let metal = poleMaterial(random: &random)
    let height = random.float(5.5...8.5)
    let radius = random.float(0.07...0.11)
    bar(frame.point(.zero), frame.point(Vector(0, height, 0)), radius, metal)
    bar(frame.point(.zero), frame.point(Vector(0, 1.1, 0)), radius * 1.5, metal)
    let reach = random.float(0.6...2.2)
    let tip = Vector(-reach, height + 0.35, 0)
    bar(frame.point(Vector(0, height - 0.05, 0)), frame.point(tip), radius * 0.7, metal)
    bar(frame.point(tip), frame.point(tip - Vector(0.55, 0, 0)), 0.1, metal)
    shadow(frame, halfWidth: 0.25, halfLength: 0.25, darkness: 0.3)
  }

  mutating func bollard(_ frame: Frame, material: Int32) {
    begin(.pole)
    bar(frame.point(.zero), frame.point(Vector(0, 0.95, 0)), 0.07, material)
  }

  /// A sign on its pole, facing the traffic that moves along the frame's forward axis.
  mutating func signPost(_ frame: Frame, scale: Float, random: inout RandomSource) {
    begin(.pole)
    let metal = poleMaterial(random: &random)
    let height = random.float(2.3...3)
    let count = random.chance(0.3) ? 2 : 1
    let top = height + Float(count) * 0.75 * scale
    bar(frame.point(.zero), frame.point(Vector(0, top, 0)), 0.04, metal)
    for i in 0..<count {
      sign(
        frame.moved(
          Vector(0, height + Float(i) * 0.74 * scale, -0.06), turned: random.float(-0.25...0.25)),
        scale: scale, random: &random)
    }
  }

  /// A sign whose lower edge is at the frame's origin.
  mutating func sign(_ frame: Frame, scale: Float, random: inout RandomSource) {
    begin(.sign, newInstance: true)
    let design = random.below(Material.signDesigns)
    let (red, blue) = (Vector(0.62, 0.03, 0.04), Vector(0.03, 0.13, 0.5))
    let white = Vector(0.85, 0.85, 0.83) * random.float(0.75...1)
    let (yellow, green) = (Vector(0.85, 0.6, 0.05), Vector(0.02, 0.3, 0.14))
    let palettes: [(Vector, Vector, Vector)] = [
      (red, white, Vector(0.05, 0.05, 0.05)), (blue, white, white), (red, white, white),
      (red, random.chance(0.3) ? yellow : white, Vector(0.05, 0.05, 0.05)),
      (yellow, white, white), (random.pick([blue, green, yellow, white]), white, white),
      (random.pick([blue, blue, green, red]), white, white),
    ]
    var (a, b, c) = palettes[design]
    if design == 5, a == white || a == yellow { b = Vector(0.06, 0.06, 0.06) }
    let fade = random.float(0.75...1.05)
    (a, b, c) = (a * fade, b * fade, c * fade)
    let face = material(
      Material(pattern: .sign, a: a, b: b, c: c, variant: design, seed: random.seed32()))
    let back = material(.plain(Vector(0.35, 0.36, 0.37)))
    var (width, height) = (0.68 * scale, 0.68 * scale)
    var outline = Outline.ellipse
    switch design {
    case 3:
      outline = polygon(
        random.chance(0.25) ? [[0, 1], [1, 1], [0.5, 0]] : [[0, 0], [1, 0], [0.5, 1]])
    case 4: outline = polygon([[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]])
    case 5:
      (width, height, outline) = (
        random.float(0.9...1.9) * scale, random.float(0.4...1) * scale, .full
      )
    case 6: outline = .full
    default: break
    }
    let corner = Vector(-width / 2, 0, 0)
    let (u, v) = (frame.right * width, Vector(0, height, 0))
    plane(frame.point(corner), u, v, face, outline)
    plane(frame.point(corner + Vector(0, 0, 0.02)), u, v, back, outline)
  }

  /// A traffic light for the traffic along the frame's forward axis; with `arm` a second head
  /// hangs over the road to the left.
  mutating func trafficLight(_ frame: Frame, arm: Bool, lit: Int, random: inout RandomSource) {
    begin(.pole)
    let metal = poleMaterial(random: &random)
    let height: Float = arm ? 5.6 : 3.3
    bar(frame.point(.zero), frame.point(Vector(0, height, 0)), arm ? 0.1 : 0.06, metal)
    if arm {
      bar(frame.point(Vector(0, height, 0)), frame.point(Vector(-4.4, height, 0)), 0.06, metal)
      signal(frame.moved(Vector(-3.9, height - 0.95, -0.1)), lit: lit, random: &random)
    }
    signal(frame.moved(Vector(arm ? -0.2 : 0, 2.4, -0.1)), lit: lit, random: &random)
  }

  private mutating func signal(_ frame: Frame, lit: Int, random: inout RandomSource) {
    begin(.light, newInstance: true)
    let tone = random.float(0.02...0.09)
    let isYellow = random.chance(0.15)
    let housing = isYellow ? Vector(0.6, 0.42, 0.05) : Vector(tone, tone * 1.05, tone)
    let shell = material(.plain(housing))
    let face = material(Material(pattern: .signal, a: housing, variant: lit))
    box(frame, Vector(-0.17, 0, 0), Vector(0.17, 0.95, 0.22), shell)
    plane(frame.point(Vector(-0.17, 0, -0.02)), frame.right * 0.34, Vector(0, 0.95, 0), face)
  }

  /// A fence along the frame's forward axis.
  mutating func fence(_ frame: Frame, length: Float, height: Float, design: Int, _ look: Int32) {
    begin(.fence)
    let corner = frame.point(.zero)
    let (along, up) = (frame.forward * length, Vector(0, height, 0))
    switch design {
    case 0: plane(corner, along, up, look, .bars(perMetre: 7, length: length))
    case 1: plane(corner, along, up, look, .bars(perMetre: 2.5, length: length))
    default: plane(corner, along, up, look)
    }
    for z in stride(from: Float(0), through: length, by: 2.5) {
      bar(frame.point(Vector(0, 0, z)), frame.point(Vector(0, height + 0.06, z)), 0.04, look)
    }
  }

  mutating func wall(_ frame: Frame, length: Float, height: Float, _ look: Int32) {
    begin(.wall)
    box(frame, Vector(0, 0, 0), Vector(0.3, height, length), look)
  }

  /// Trash cans, boxes and benches: void in both data sets.
  mutating func clutter(_ frame: Frame, random: inout RandomSource) {
    begin(.clutter)
    let look = material(.plain(random.color(0.05...0.5, saturation: 0...0.7)))
    let (x, y, z) = (random.float(0.2...0.5), random.float(0.6...1.4), random.float(0.2...0.9))
    box(frame, Vector(-x, 0, -z), Vector(x, y, z), look)
    shadow(frame, halfWidth: x * 1.4, halfLength: z * 1.4, darkness: 0.5)
  }
}
