import Metrics
import Statistics
import Tensors
import Testing

@Suite("Distance from a tradeoff curve")
struct TradeoffCurveTests {
  private typealias Point = TradeoffCurve.Point

  /// IoU first rises and then falls as accuracy rises.
  private let curve = TradeoffCurve([
    Point(iou: 0.5, accuracy: 0.6), Point(iou: 0.54, accuracy: 0.7), Point(iou: 0.4, accuracy: 0.9),
  ])

  @Test func isTakenBetweenPoints() throws {
    #expect(abs(try #require(curve.iou(atAccuracy: 0.8)) - 0.47) < 1e-12)
    #expect(abs(try #require(curve.accuracy(atIoU: 0.47)) - 0.8) < 1e-12)
  }

  /// A point below the best one may still move there: it gains in both.
  @Test func countsWhatIsBetterInBoth() throws {
    #expect(curve.iou(atAccuracy: 0.6) == 0.54)
    #expect(abs(try #require(curve.accuracy(atIoU: 0.5)) - (0.7 + 0.2 * 0.04 / 0.14)) < 1e-12)
  }

  @Test func endsWhereTheCurveEnds() {
    #expect(curve.iou(atAccuracy: 0.91) == nil)
    #expect(curve.accuracy(atIoU: 0.55) == nil)
    #expect(CurveDistance.iouAtEqualAccuracy(Point(iou: 0.5, accuracy: 0.95), from: curve) == nil)
    #expect(CurveDistance.iouAtEqualAccuracy(Point(iou: 0.4, accuracy: 0.9), from: curve) == 0)
  }

  /// Images of two classes; `moved` pixels of the large class are predicted as the small one.
  private func images(seed: UInt64, hits: Int, moved: Int) -> [ConfusionMatrix] {
    var random = RandomSource(seed: seed, purpose: "tradeoff")
    return (0..<40).map { _ in
      let noise = random.below(9)
      return ConfusionMatrix(
        classes: 2,
        counts: [900 - moved - noise, moved + noise, 100 - hits + noise / 2, hits - noise / 2])
    }
  }

  @Test func aRunOnTheCurveHasNoDistanceAndABetterOneHas() throws {
    let pairs = { (hits: Int) in
      (1...3).map { seed -> (run: ResampledRun, curve: ResampledCurve) in
        let seed = UInt64(seed)
        let curve = ResampledCurve([
          images(seed: seed, hits: 40, moved: 10), images(seed: seed, hits: 60, moved: 40),
          images(seed: seed, hits: 80, moved: 120),
        ])
        return (ResampledRun(images(seed: seed, hits: hits, moved: 40)), curve!)
      }
    }
    let same = try #require(Estimate(.iouAtEqualAccuracy, of: pairs(60)))
    #expect(abs(same.value) < 1e-12)
    let better = try #require(Estimate(.iouAtEqualAccuracy, of: pairs(70)))
    #expect(better.value > 0.01 && better.pValue < 0.01 && better.seeds == 3)
    #expect(Estimate(.iouAtEqualAccuracy, of: pairs(99)) == nil)
  }
}
