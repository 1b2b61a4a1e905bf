import Foundation

/// Finds a place for each label of a scatter figure: near its point, over no other label and no
/// point, inside the panel; with a leader line where it had to move away.
package struct LabelPlacement {
  package struct Request {
    /// The labeled point.
    package let anchor: Point
    /// Of the text, pixels.
    package let width: Double
    package let height: Double

    package init(anchor: Point, width: Double, height: Double) {
      (self.anchor, self.width, self.height) = (anchor, width, height)
    }
  }

  package struct Placed: Hashable {
    package var box: Box
    /// From the point to the label, where the label does not stand beside it.
    package var leader: Segment?
  }

  /// Where labels may stand.
  package let area: Box
  /// The points' boxes.
  package let markers: [Box]
  /// Lines that a label should not be struck through by: curves, bars, bands, reference lines.
  package let guides: [Segment]

  package init(area: Box, markers: [Box], guides: [Segment]) {
    (self.area, self.markers, self.guides) = (area, markers, guides)
  }

  /// Half the size of a point, and the gap between it and its label, pixels.
  static let clearance = 16.0
  /// A label farther than this from its point gets a leader line.
  private static let leaderFrom = clearance + 8
  private static let gap = 3.0

  /// In the order of the requests. Deterministic: the best of several orders of choosing.
  package func place(_ requests: [Request]) -> [Placed] {
    let candidates = requests.map(candidates)
    // Crowded points choose first, in the first attempt.
    let order = requests.indices.sorted {
      (crowding(requests[$0], requests), -$0) > (crowding(requests[$1], requests), -$1)
    }
    let attempts = order.indices.map { start in
      settle(candidates, order: Array(order[start...] + order[..<start]))
    }
    return attempts.min { $0.cost < $1.cost }?.placed ?? []
  }

  /// Each label in turn takes its cheapest place given the others', until none moves.
  private func settle(
    _ candidates: [[(placed: Placed, cost: Double)]], order: [Int]
  ) -> (placed: [Placed], cost: Double) {
    var chosen = [(placed: Placed, cost: Double)?](repeating: nil, count: candidates.count)
    for _ in 0..<20 {
      var moved = false
      for index in order {
        let others = chosen.indices.filter { $0 != index }.compactMap { chosen[$0]?.placed }
        let best = candidates[index].map { ($0.placed, $0.cost + cost($0.placed, others)) }
          .min { $0.1 < $1.1 }
        moved = moved || best?.0 != chosen[index]?.placed
        chosen[index] = best
      }
      if !moved { break }
    }
    let settled = chosen.compactMap(\.self)
    return (settled.map(\.placed), settled.reduce(0) { $0 + $1.cost })
  }

  private func crowding(_ request: Request, _ all: [Request]) -> Double {
    all.reduce(0) { $0 + 1 / (20 + $1.anchor.distance(to: request.anchor)) }
  }

  /// Rings of boxes around the point, each with the part of its cost that other labels do not
  /// change.
  private func candidates(_ request: Request) -> [(placed: Placed, cost: Double)] {
    let rings = [0, 10, 22, 36, 52, 70, 90, 115, 145, 180, 220, 270, 330]
    return rings.flatMap { ring in
      (0..<24).map { step in
        let angle = Double(step) / 24 * 2 * Double.pi
        let (dx, dy) = (cos(angle), sin(angle))
        let reach = Self.clearance + Double(ring)
        let box = Box(
          center: Point(
            x: request.anchor.x + dx * reach + max(-1, min(1, 1.6 * dx)) * request.width / 2,
            y: request.anchor.y + dy * reach + max(-1, min(1, 1.6 * dy)) * request.height / 2),
          width: request.width, height: request.height)
        let end = box.nearest(to: request.anchor)
        let distance = end.distance(to: request.anchor)
        let leader =
          distance > Self.leaderFrom
          ? Segment(from: towards(end, from: request.anchor, by: Self.clearance - 4), to: end) : nil
        let placed = Placed(box: box, leader: leader)
        // Right of the point reads best, then left, then above and below.
        let position = 7 * (1 - abs(dx)) + (dx < 0 ? 3 : 0)
        return (placed, Double(ring) + position + fixedCost(placed))
      }
    }
  }

  private func towards(_ end: Point, from start: Point, by length: Double) -> Point {
    let distance = start.distance(to: end)
    return Point(
      x: start.x + (end.x - start.x) * length / distance,
      y: start.y + (end.y - start.y) * length / distance)
  }

  private func fixedCost(_ placed: Placed) -> Double {
    var cost = area.contains(placed.box) ? 0 : 1e6
    let grown = placed.box.grown(by: Self.gap)
    for marker in markers {
      cost += grown.overlap(marker) > 0 ? 1e4 : 0
      if let leader = placed.leader, marker.meets(leader) { cost += 150 }
    }
    // Rather far from its point, with a leader line, than struck through.
    let near = placed.box.grown(by: 2)
    for guide in guides where near.meets(guide) { cost += 600 }
    return cost + (placed.leader == nil ? 0 : 20)
  }

  private func cost(_ placed: Placed, _ others: [Placed]) -> Double {
    let grown = placed.box.grown(by: Self.gap)
    var cost = 0.0
    for other in others {
      if grown.overlap(other.box) > 0 { cost += 1e5 + grown.overlap(other.box) }
      if let leader = placed.leader {
        if other.box.meets(leader) { cost += 3e3 }
        if let crossed = other.leader, leader.crosses(crossed) { cost += 2e3 }
      }
      if let leader = other.leader, placed.box.meets(leader) { cost += 3e3 }
    }
    return cost
  }
}
