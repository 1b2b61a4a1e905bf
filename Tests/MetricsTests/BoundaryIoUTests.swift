import Metrics
import Testing

@Suite struct BoundaryIoUTests {
  private struct Case: Decodable {
    let classes: Int
    let boundary: Int
    /// A digit for each pixel, `.` where ignored.
    let truth: [String]
    let prediction: [String]
    /// For each class: on both boundaries, on that of the labels, on that of the prediction.
    let counts: [[Int]]
    let iou: [Double?]
  }

  private static func ids(_ rows: [String]) -> [UInt8] {
    rows.joined().map { UInt8($0.wholeNumberValue ?? 255) }
  }

  @Test func agreesWithNumPy() throws {
    for example in try MetricFixture.read("boundary.json", as: [Case].self) {
      let (height, width) = (example.truth.count, example.truth[0].count)
      #expect(boundaryWidth(height: height, width: width) == example.boundary)
      var counts = BoundaryCounts(classes: example.classes)
      counts.add(
        truth: Self.ids(example.truth), prediction: Self.ids(example.prediction), width: width,
        boundary: example.boundary, ignored: 255)
      let found = (0..<example.classes).map {
        [counts.shared[$0], counts.truth[$0], counts.predicted[$0]]
      }
      #expect(found == example.counts)
      for (found, expected) in zip(Metric.iou.perClass(counts), example.iou) {
        #expect(abs((found ?? -1) - (expected ?? -1)) < 1e-15)
      }
    }
  }

  /// The definition, pixel by pixel: some pixel of the square around it has another id or is outside.
  @Test(arguments: [(1, 1, 1), (5, 7, 1), (9, 4, 2), (16, 13, 3), (3, 3, 5)])
  func isWhatItsNaiveTwinFinds(height: Int, width: Int, distance: Int) {
    let ids = (0..<height * width).map { UInt8($0 / 5 * 7 % 11 < 8 ? 0 : 1) }
    let expected = ids.indices.map { i in
      let (y, x) = (i / width, i % width)
      return (-distance...distance).contains { dy in
        (-distance...distance).contains { dx in
          let (row, column) = (y + dy, x + dx)
          guard 0..<height ~= row, 0..<width ~= column else { return true }
          return ids[row * width + column] != ids[i]
        }
      }
    }
    #expect(boundaries(of: ids, width: width, distance: distance) == expected)
  }

  @Test func perfectPredictionHasOneWhereverLabelsAreIgnored() {
    let truth = (0..<400).map { UInt8($0 % 20 < 9 ? 0 : $0 < 100 ? 255 : 1) }
    var counts = BoundaryCounts(classes: 3)
    counts.add(
      truth: truth, prediction: truth.map { $0 == 255 ? 2 : $0 }, width: 20, boundary: 2,
      ignored: 255)
    #expect(Metric.iou.perClass(counts) == [1, 1, nil])
    #expect((counts + counts).shared == counts.shared.map { 2 * $0 })
  }

  /// 2 % of the diagonal, rounded as Python's `round`; below one pixel there is none.
  @Test func widthIsTwoPercentOfTheDiagonal() {
    #expect(boundaryWidth(height: 64, width: 128) == 3)
    #expect(boundaryWidth(height: 1024, width: 2048) == 46)
    #expect(boundaryWidth(height: 15, width: 20) == nil)
    #expect(boundaryWidth(height: 16, width: 20) == 1)
  }
}
