import Metrics

/// What a family of predictions reaches in mean IoU and mean accuracy as a parameter varies: a path
/// of straight segments through its points, in the order of the parameter. Both are fractions.
package struct TradeoffCurve: Hashable, Sendable {
  package struct Point: Hashable, Sendable {
    package var iou: Double
    package var accuracy: Double

    package init(iou: Double, accuracy: Double) { (self.iou, self.accuracy) = (iou, accuracy) }
  }

  package let points: [Point]

  package init(_ points: [Point]) { self.points = points }

  /// The highest mean IoU on the curve without falling below this mean accuracy; nil if the curve
  /// does not reach it.
  package func iou(atAccuracy accuracy: Double) -> Double? {
    best(atLeast: accuracy, of: \.accuracy, value: \.iou)
  }

  /// The highest mean accuracy on the curve without falling below this mean IoU; nil if the curve
  /// does not reach it.
  package func accuracy(atIoU iou: Double) -> Double? {
    best(atLeast: iou, of: \.iou, value: \.accuracy)
  }

  /// The largest value among the points that reach the level, and those where the path crosses it.
  private func best(
    atLeast level: Double, of given: KeyPath<Point, Double>, value: KeyPath<Point, Double>
  ) -> Double? {
    let reached = points.filter { $0[keyPath: given] >= level }.map { $0[keyPath: value] }
    let crossed = zip(points, points.dropFirst()).compactMap { a, b -> Double? in
      let (x, y) = (a[keyPath: given], b[keyPath: given])
      guard min(x, y) < level, level < max(x, y) else { return nil }
      return a[keyPath: value] + (level - x) / (y - x) * (b[keyPath: value] - a[keyPath: value])
    }
    return (reached + crossed).max()
  }
}

/// A run's tradeoff curve, and what it would have been on resampled images.
package struct ResampledCurve: Sendable {
  package let curve: TradeoffCurve
  let replicates: [TradeoffCurve?]
  let truth: [[Int]]
  let images: Int

  /// - Parameter matrices: for each value of the parameter, one matrix for each image.
  /// - Returns: nil if there is none, or a mean is undefined.
  package init?(_ matrices: [[ConfusionMatrix]]) {
    // Totals of one value at a time, since the draws of all take much memory.
    var (points, drawn): ([TradeoffCurve.Point], [[TradeoffCurve.Point?]]) = ([], [])
    var first: ResampledRun?
    for images in matrices {
      let run = ResampledRun(images)
      guard let point = TradeoffCurve.Point(run.totals) else { return nil }
      points.append(point)
      drawn.append(run.replicates.map(TradeoffCurve.Point.init))
      first = first ?? run
    }
    guard let first else { return nil }
    (curve, truth, images) = (TradeoffCurve(points), first.truth, first.images)
    replicates = first.replicates.indices.map { replicate in
      let points = drawn.compactMap { $0[replicate] }
      return points.count == drawn.count ? TradeoffCurve(points) : nil
    }
  }
}

extension TradeoffCurve.Point {
  /// Nil where a mean is undefined.
  package init?(_ totals: ClassTotals) {
    guard let iou = ClassMean.meanIoU(totals), let accuracy = ClassMean.meanAccuracy(totals) else {
      return nil
    }
    self.init(iou: iou, accuracy: accuracy)
  }
}

/// How far a run lies from a curve, as a fraction; positive where the run is better.
package enum CurveDistance: CaseIterable, Sendable {
  /// The run's mean IoU minus the best on the curve that does not fall below its mean accuracy.
  case iouAtEqualAccuracy
  /// The run's mean accuracy minus the best on the curve that does not fall below its mean IoU.
  case accuracyAtEqualIoU

  /// Nil where the curve does not reach the run's level.
  package func callAsFunction(_ run: TradeoffCurve.Point, from curve: TradeoffCurve) -> Double? {
    switch self {
    case .iouAtEqualAccuracy: curve.iou(atAccuracy: run.accuracy).map { run.iou - $0 }
    case .accuracyAtEqualIoU: curve.accuracy(atIoU: run.iou).map { run.accuracy - $0 }
    }
  }
}

extension Estimate {
  /// A loss's distance from a curve: `pairs` are a run and the curve of the same seed on the same
  /// images. Nil if they are not, or where the curve does not reach the level of every seed.
  package init?(
    _ distance: CurveDistance, of pairs: [(run: ResampledRun, curve: ResampledCurve)]
  ) {
    guard pairs.allSatisfy({ $0.run.truth == $0.curve.truth }) else { return nil }
    func value(_ totals: ClassTotals, _ curve: TradeoffCurve?) -> Double? {
      guard let curve, let point = TradeoffCurve.Point(totals) else { return nil }
      return distance(point, from: curve)
    }
    self.init(
      values: pairs.map { value($0.run.totals, $0.curve.curve) }, images: pairs.map(\.run.images),
      replicates: pairs.map { min($0.run.replicates.count, $0.curve.replicates.count) }.min() ?? 0
    ) { draw in pairs.map { value($0.run.replicates[draw], $0.curve.replicates[draw]) } }
  }
}
