import Report
import Testing
import Tensors

@Suite struct LabelPlacementTests {
  private let area = Box(minX: 0, minY: 0, maxX: 680, maxY: 460)

  /// Random points, most of them crowded into a small spot that may lie in a corner.
  private func points(seed: UInt64) -> [Point] {
    var random = RandomSource(seed: seed)
    func draw(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.uniform() }
    let spot = Point(x: draw(20, 660), y: draw(20, 440))
    return (0..<8).map { index in
      let point =
        index < 5
        ? Point(x: spot.x + draw(-15, 15), y: spot.y + draw(-15, 15))
        : Point(x: draw(10, 670), y: draw(10, 450))
      return Point(x: min(max(point.x, 5), 675), y: min(max(point.y, 5), 455))
    }
  }

  @Test(arguments: 0..<150)
  func labelsOverlapNothing(seed: Int) {
    let points = points(seed: UInt64(seed))
    let markers = points.map { Box(center: $0, width: 20, height: 20) }
    let placement = LabelPlacement(area: area, markers: markers, guides: [])
    let placed = placement.place(
      points.enumerated().map { index, point in
        .init(anchor: point, width: 60 + 12 * Double(index), height: 23)
      })
    #expect(placed.count == points.count)
    for (index, label) in placed.enumerated() {
      #expect(area.contains(label.box))
      #expect(placed[..<index].allSatisfy { $0.box.overlap(label.box) == 0 })
      #expect(markers.allSatisfy { $0.overlap(label.box) == 0 })
      if label.leader == nil {
        #expect(label.box.nearest(to: points[index]).distance(to: points[index]) < 25)
      }
    }
  }

  /// Points joined by a line, with a bar through each: no label is struck through.
  @Test(arguments: 0..<40)
  func linesStrikeThroughNoLabel(seed: Int) {
    let points = points(seed: UInt64(seed)).sorted { $0.x < $1.x }
    let markers = points.map { Box(center: $0, width: 20, height: 20) }
    let bars = points.map { point in
      Segment(
        from: Point(x: point.x - 25, y: point.y), to: Point(x: point.x + 25, y: point.y))
    }
    let guides = zip(points, points.dropFirst()).map { Segment(from: $0, to: $1) } + bars
    let placed = LabelPlacement(area: area, markers: markers, guides: guides).place(
      points.map { .init(anchor: $0, width: 90, height: 23) })
    for label in placed {
      #expect(area.contains(label.box))
      #expect(guides.allSatisfy { !label.box.meets($0) })
      #expect(markers.allSatisfy { $0.overlap(label.box) == 0 })
    }
  }

  @Test func labelsOfCoincidingPointsFanOut() {
    let point = Point(x: 340, y: 230)
    let placement = LabelPlacement(
      area: area, markers: [Box(center: point, width: 20, height: 20)], guides: [])
    let placed = placement.place(
      .init(repeating: .init(anchor: point, width: 130, height: 23), count: 8))
    for (index, label) in placed.enumerated() {
      #expect(placed[..<index].allSatisfy { $0.box.overlap(label.box) == 0 })
    }
  }

  @Test func loneLabelStandsRightBesideItsPoint() throws {
    let point = Point(x: 340, y: 230)
    let placement = LabelPlacement(
      area: area, markers: [Box(center: point, width: 20, height: 20)], guides: [])
    let label = try #require(
      placement.place([.init(anchor: point, width: 100, height: 20)]).first)
    #expect(label.leader == nil)
    #expect(label.box.minX > point.x && label.box.minX < point.x + 20)
    #expect(abs(label.box.center.y - point.y) < 1)
  }
}
