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
    best(atLeast: accuracy, of: { $0.accuracy }, value: { $0.iou })
  }

  /// The highest mean accuracy on the curve without falling below this mean IoU; nil if the curve
  /// does not reach it.
  package func accuracy(atIoU iou: Double) -> Double? {
    best(atLeast: iou, of: { $0.iou }, value: { $0.accuracy })
  }

  /// The largest value among the points that reach the level, and those where the path crosses it.
  private func best(
    atLeast level: Double, of given: (Point) -> Double, value: (Point) -> Double
  ) -> Double? {
    var best: Double?
    func take(_ value: Double) { best = max(best ?? value, value) }
    for point in points where given(point) >= level { take(value(point)) }
    for (a, b) in zip(points, points.dropFirst()) {
      let (x, y) = (given(a), given(b))
      guard min(x, y) < level, level < max(x, y) else { continue }
      take(value(a) + (level - x) / (y - x) * (value(b) - value(a)))
    }
    return best
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
      guard let point = run.point else { return nil }
      points.append(point)
      drawn.append(run.drawnPoints)
      first = first ?? run
    }
    guard let first else { return nil }
    (curve, truth, images) = (TradeoffCurve(points), first.truth, first.images)
    replicates = drawn[0].indices.map { draw in
      let points = drawn.compactMap { $0[draw] }
      return points.count == drawn.count ? TradeoffCurve(points) : nil
    }
  }
}

extension ResampledRun {
  /// Nil where a mean is undefined.
  fileprivate var point: TradeoffCurve.Point? {
    guard let iou = scored(.meanIoU).value, let accuracy = scored(.meanAccuracy).value else {
      return nil
    }
    return TradeoffCurve.Point(iou: iou, accuracy: accuracy)
  }

  /// Of each draw.
  fileprivate var drawnPoints: [TradeoffCurve.Point?] {
    zip(scored(.meanIoU).draws, scored(.meanAccuracy).draws).map { iou, accuracy in
      iou.isNaN || accuracy.isNaN ? nil : TradeoffCurve.Point(iou: iou, accuracy: accuracy)
    }
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
    let scores = pairs.map { run, curve in
      DrawnScores(
        value: run.point.flatMap { distance($0, from: curve.curve) },
        draws: zip(run.drawnPoints, curve.replicates).map { point, curve in
          point.flatMap { point in curve.flatMap { distance(point, from: $0) } } ?? .nan
        })
    }
    self.init(scores, images: pairs.map(\.run.images))
  }
}
