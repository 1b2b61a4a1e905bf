/// A point of a figure, pixels from its lower left corner.
package struct Point: Hashable {
  package var x: Double
  package var y: Double

  package init(x: Double, y: Double) { (self.x, self.y) = (x, y) }

  package func distance(to other: Point) -> Double {
    ((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)).squareRoot()
  }
}

/// An upright rectangle, pixels.
package struct Box: Hashable {
  package var minX: Double
  package var minY: Double
  package var maxX: Double
  package var maxY: Double

  package init(minX: Double, minY: Double, maxX: Double, maxY: Double) {
    (self.minX, self.minY, self.maxX, self.maxY) = (minX, minY, maxX, maxY)
  }

  package init(center: Point, width: Double, height: Double) {
    self.init(
      minX: center.x - width / 2, minY: center.y - height / 2, maxX: center.x + width / 2,
      maxY: center.y + height / 2)
  }

  package var center: Point { Point(x: (minX + maxX) / 2, y: (minY + maxY) / 2) }

  package func grown(by margin: Double) -> Box {
    Box(minX: minX - margin, minY: minY - margin, maxX: maxX + margin, maxY: maxY + margin)
  }

  /// Pixels that both cover; 0 if they only touch.
  package func overlap(_ other: Box) -> Double {
    let width = min(maxX, other.maxX) - max(minX, other.minX)
    let height = min(maxY, other.maxY) - max(minY, other.minY)
    return width > 0 && height > 0 ? width * height : 0
  }

  package func contains(_ other: Box) -> Bool {
    minX <= other.minX && minY <= other.minY && maxX >= other.maxX && maxY >= other.maxY
  }

  /// The box's point nearest to `point`.
  package func nearest(to point: Point) -> Point {
    Point(x: min(max(point.x, minX), maxX), y: min(max(point.y, minY), maxY))
  }

  /// Whether any of the segment lies inside (Liang and Barsky's clipping).
  package func meets(_ segment: Segment) -> Bool {
    let (dx, dy) = (segment.to.x - segment.from.x, segment.to.y - segment.from.y)
    var (enter, leave) = (0.0, 1.0)
    let edges = [
      (-dx, segment.from.x - minX), (dx, maxX - segment.from.x),
      (-dy, segment.from.y - minY), (dy, maxY - segment.from.y),
    ]
    for (p, q) in edges {
      if p == 0 {
        if q < 0 { return false }
      } else if p < 0 {
        enter = max(enter, q / p)
      } else {
        leave = min(leave, q / p)
      }
    }
    return enter < leave
  }
}

package struct Segment: Hashable {
  package var from: Point
  package var to: Point

  package init(from: Point, to: Point) { (self.from, self.to) = (from, to) }

  package func crosses(_ other: Segment) -> Bool {
    func side(_ a: Point, _ b: Point, _ c: Point) -> Double {
      (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    }
    return side(from, to, other.from) * side(from, to, other.to) < 0
      && side(other.from, other.to, from) * side(other.from, other.to, to) < 0
  }
}
