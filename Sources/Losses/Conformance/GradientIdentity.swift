import Foundation
import Tensors

/// Section III-B of the recall loss paper, verified numerically: for two classes the recall loss's
/// gradient with respect to the first logit, summed over the batch, is (equations 7 and 8)
///
///     - FN_1/n_1 * n_1 (1 - mean p_1 over class 1) + FN_2/n_2 * n_2 mean p_1 over class 2
///
/// with FN_2 = FP_1: a term that rewards recall and one that penalizes false positives.
///
/// The left side is what training uses, the gradient of the loss here; the right side is computed
/// from counts and probabilities in double precision, by separate code.
package struct GradientIdentity {
  /// The largest difference of the two sides, relative to the larger of the two terms.
  package let deviation: Double

  /// The tolerance for Float sums of a few thousand terms.
  package var holds: Bool { deviation < 1e-4 }

  /// On random logits with one to fifty percent of the pixels in the first class.
  /// - Parameter make: makes the loss that is checked; only the recall loss has the property.
  package init(batches: Int = 20, of make: () throws -> any Loss) throws {
    let (n, h, w) = (2, 32, 48)
    var worst = 0.0
    for batch in 0..<batches {
      var random = RandomSource(seed: 1, purpose: "gradient identity", counter: UInt64(batch))
      let share = random.uniform(0.01...0.5)
      let ids = (0..<n * h * w).map { _ -> UInt8 in random.uniform() < share ? 0 : 1 }
      let logits = (0..<2 * ids.count).map { _ in Float(random.uniform(-3...3)) }
      let input = LossInput(
        logits: Tensor(Shape(n: n, h: h, w: w, c: 2), logits),
        labels: LabelMap(n: n, h: h, w: w, ids: ids), compute: Compute(threads: 1))
      let gradient = try make().evaluate(input).gradient.array
      // The loss is divided by the number of pixels, the paper's sum is not.
      let measured =
        Double(ids.count)
        * stride(from: 0, to: gradient.count, by: 2).reduce(0) {
          $0 + Double(gradient[$1])
        }
      let (reward, punishment) = Self.terms(logits, ids)
      let difference =
        abs(measured - (reward + punishment)) / max(abs(reward), abs(punishment), 1e-12)
      worst = difference.isFinite ? max(worst, difference) : .infinity
    }
    deviation = worst
  }

  /// The two terms of equation (7), the second with FP_1 for FN_2 as in equation (8).
  private static func terms(_ logits: [Float], _ ids: [UInt8]) -> (Double, Double) {
    var (missed, falsePositives, count) = (0.0, 0.0, [0.0, 0.0])
    var first = [0.0, 0.0]
    for (i, id) in ids.enumerated() {
      let (a, b) = (Double(logits[2 * i]), Double(logits[2 * i + 1]))
      count[Int(id)] += 1
      first[Int(id)] += 1 / (1 + exp(b - a))
      if id == 0, b > a { missed += 1 }
      if id == 1, a >= b { falsePositives += 1 }
    }
    let means = [first[0] / max(1, count[0]), first[1] / max(1, count[1])]
    return (-missed * (1 - means[0]), falsePositives * means[1])
  }
}

extension ConformanceProperty {
  /// What `losses check recall` also measures.
  static let gradientIdentity = ConformanceProperty(
    name: "equations (7) and (8)",
    advice:
      "For two classes the gradient by the first logit, summed over the batch, is not the sum "
      + "of the paper's two terms: look for a weight other than FN_c / N_c of the batch."
  ) { conformance in
    let identity = try GradientIdentity { try conformance.make(2, [1, 1]) }
    return (
      identity.holds,
      "the two sides differ by \(identity.deviation.brief) of the larger term, allowed 0.0001"
    )
  }
}
