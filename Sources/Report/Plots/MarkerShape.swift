import Foundation

extension MarkerStyle {
  /// gnuplot's point type as an SVG path around the origin.
  /// - Parameter radius: pixels, of the circle around the shape; squares and circles are as large
  ///   to the eye.
  func path(radius: Double) -> HTML {
    switch shape {
    case 1: return "M\(-radius) 0H\(radius)M0 \(-radius)V\(radius)"
    case 2:
      let r = radius * 0.75
      return "M\(-r) \(-r)L\(r) \(r)M\(-r) \(r)L\(r) \(-r)"
    case 3:
      let r = radius * 0.7
      return
        "M\(-r) \(-r)L\(r) \(r)M\(-r) \(r)L\(r) \(-r)M\(-radius) 0H\(radius)M0 \(-radius)V\(radius)"
    case 4, 5: return polygon(4, radius * 1.15, turn: 0.125)
    case 8, 9: return polygon(3, radius * 1.15, turn: 0)
    case 10, 11: return polygon(3, radius * 1.15, turn: 0.5)
    case 12, 13: return polygon(4, radius * 1.2, turn: 0)
    case 14, 15: return polygon(5, radius * 1.05, turn: 0)
    default:
      let r = radius * 0.9
      return "M\(-r) 0A\(r) \(r) 0 1 1 \(r) 0A\(r) \(r) 0 1 1 \(-r) 0Z"
    }
  }

  /// Whether the shape's inside is painted.
  var isFilled: Bool { shape > 3 && shape % 2 == 1 }

  /// The first corner on top, turned by a part of a full turn.
  private func polygon(_ corners: Int, _ radius: Double, turn: Double) -> HTML {
    let points = (0..<corners).map { corner -> HTML in
      let angle = (Double(corner) / Double(corners) + turn) * 2 * Double.pi
      return "\(radius * sin(angle)) \(-radius * cos(angle))"
    }
    return "M\(points.joined("L"))Z"
  }
}
