import Foundation
import OwnLosses
import RecallBench
import Testing

@Suite struct Poly1LossTests {
  /// Gradient by finite differences, ignored pixels, absent classes, saturation, threads, ...
  @Test(arguments: [-1, 0.5, 1, 4])
  func passesTheConformanceTest(_ epsilon: Double) throws {
    let conformance = LossConformance(Poly1Loss.descriptor, values: ["epsilon": epsilon])
    for finding in try conformance.check() {
      #expect(
        finding.outcome != .fail, "\(finding.property): \(finding.measured). \(finding.advice)")
    }
  }

  /// p_y = 1/4 and 1/2; the third pixel is ignored.
  @Test func valueComputedByHand() {
    let shape = Shape(n: 1, h: 1, w: 3, c: 2)
    let input = LossInput(
      logits: Tensor(shape, [0, Float(log(3.0)), 2, 2, 5, -5]),
      labels: LabelMap(n: 1, h: 1, w: 3, ids: [0, 1, LabelMap.ignored]), compute: Compute())
    let result = Poly1Loss(epsilon: 2).evaluate(input)
    let expected: Double = (log(4.0) + 2 * 0.75 + log(2.0) + 2 * 0.5) / 2
    #expect(abs(result.value - expected) < 1e-6)
    // (1 + 2/4) (1/4 - 1) / 2 at the true class of the first pixel.
    #expect(abs(result.gradient[0, 0, 0, 0] + 0.5625) < 1e-6)
    #expect(result.gradient[0, 0, 2, 0] == 0)
  }
}
