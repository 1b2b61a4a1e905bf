import Experiments
import Files
import Metrics
import Statistics

/// What cross-entropy reaches when its prior is corrected after training, as a curve through the
/// scatter: one point for each strength tau, over the seeds.
struct CorrectionCurve {
  /// Of its line and label in print, RGB.
  static let color = "5B5B5B"

  /// Beside the curve's end.
  let label: String
  private let suffix: String
  let taus: [Double]
  /// Percent; x is mean IoU, y is mean accuracy. Means over the seeds.
  let mean: [Point]
  /// For each seed, one point for each strength.
  let seeds: [[Point]]

  /// The curve up to its highest mean accuracy: beyond, both scores fall, and the axes would have to
  /// reach far below every loss.
  var drawn: CorrectionCurve {
    let end = mean.indices.max { (mean[$0].y, -$0) < (mean[$1].y, -$1) } ?? 0
    guard end > 0 else { return self }
    return CorrectionCurve(
      suffix: suffix, taus: Array(taus[...end]), seeds: seeds.map { Array($0[...end]) })
  }

  /// One for each setting whose cross-entropy has the matrices.
  /// - Parameters:
  ///   - x: the score on the horizontal axis.
  ///   - y: the one on the vertical axis.
  static func all(
    _ panel: Panel, x: ClassMean = .meanIoU, y: ClassMean = .meanAccuracy
  ) -> [CorrectionCurve] {
    panel.rows.filter { $0.loss.notation == "ce" }.compactMap { row in
      let letter = panel.letter(row.setting)
      return CorrectionCurve(row, x: x, y: y, suffix: letter.isEmpty ? "" : " [\(letter)]")
    }
  }

  private init?(_ row: GridRow, x: ClassMean, y: ClassMean, suffix: String) {
    let corrected = row.runs.compactMap(\.corrected)
    guard let first = corrected.first, first.taus.count > 1,
      corrected.allSatisfy({ $0.taus == first.taus })
    else { return nil }
    let seeds = corrected.compactMap { $0.points(x, y) }
    guard seeds.count == corrected.count else { return nil }
    self.init(suffix: suffix, taus: first.taus, seeds: seeds)
  }

  /// - Parameter seeds: at least one, with one point for each strength.
  private init(suffix: String, taus: [Double], seeds: [[Point]]) {
    (self.suffix, self.taus, self.seeds) = (suffix, taus, seeds)
    label = "CE @ \(plain(taus[taus.count - 1]))" + suffix
    let n = Double(seeds.count)
    mean = taus.indices.map { i in
      Point(
        x: seeds.reduce(0) { $0 + $1[i].x } / n, y: seeds.reduce(0) { $0 + $1[i].y } / n)
    }
  }

  /// From each strength to the next.
  var segments: [Segment] { zip(mean, mean.dropFirst()).map { Segment(from: $0, to: $1) } }

  /// Across the band at each strength, and along both of its edges.
  var bandSegments: [Segment] {
    let outline = band
    let sides = (outline.prefix(mean.count), outline.suffix(mean.count).reversed())
    return zip(sides.0, sides.1).map { Segment(from: $0, to: $1) }
      + zip(outline, outline.dropFirst()).map { Segment(from: $0, to: $1) }
  }

  /// The outline of the band of one sample standard deviation of the seeds to either side, measured
  /// across the curve; empty for a single seed.
  var band: [Point] {
    guard seeds.count > 1 else { return [] }
    let sides = mean.indices.map { i -> (Point, Point) in
      let normal = normal(i)
      let offsets = seeds.map {
        ($0[i].x - mean[i].x) * normal.x + ($0[i].y - mean[i].y) * normal.y
      }
      let reach = Statistic(offsets)?.deviation ?? 0
      func moved(_ by: Double) -> Point {
        Point(x: mean[i].x + by * normal.x, y: mean[i].y + by * normal.y)
      }
      return (moved(reach), moved(-reach))
    }
    return sides.map(\.0) + sides.map(\.1).reversed()
  }

  /// Of length 1, across the direction from the point before to the point after.
  private func normal(_ i: Int) -> Point {
    let (from, to) = (mean[max(0, i - 1)], mean[min(mean.count - 1, i + 1)])
    let length = from.distance(to: to)
    guard length > 0 else { return Point(x: 0, y: 1) }
    return Point(x: -(to.y - from.y) / length, y: (to.x - from.x) / length)
  }
}

extension CorrectedConfusions {
  /// Percent, one for each strength; nil where a score is undefined.
  fileprivate func points(_ x: ClassMean, _ y: ClassMean) -> [Point]? {
    let points = taus.compactMap { tau -> Point? in
      guard let images = matrices(tau: tau), let first = images.first else { return nil }
      let total = images.dropFirst().reduce(first, +)
      guard let x = x(total), let y = y(total) else { return nil }
      return Point(x: 100 * x, y: 100 * y)
    }
    return points.count == taus.count ? points : nil
  }
}

extension ResampledCurve {
  init?(_ corrected: CorrectedConfusions) {
    self.init(corrected.taus.compactMap { corrected.matrices(tau: $0) })
  }
}
