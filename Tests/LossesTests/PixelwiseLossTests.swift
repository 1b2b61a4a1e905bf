import Files
import Foundation
import Losses
import Tensors
import TestSupport
import Testing

/// `pixelwiseLoss`, and losses that throw, as a person who writes a loss uses them.
@Suite struct PixelwiseLossTests {
  /// Cross-entropy once more, from the logits of each pixel.
  private struct Plain: Loss {
    func evaluate(_ input: LossInput) -> LossResult {
      pixelwiseLoss(input, normalizer: Double(input.validPixels)) { logits, label, derivatives in
        var largest = -Double.infinity
        for j in logits.indices where !(Double(logits[j]) <= largest) {
          largest = Double(logits[j])
        }
        var sum = 0.0
        for j in logits.indices {
          derivatives[j] = exp(Double(logits[j]) - largest)
          sum += derivatives[j]
        }
        for j in logits.indices { derivatives[j] /= sum }
        derivatives[label] -= 1
        return log(sum) - (Double(logits[label]) - largest)
      }
    }
  }

  @Test func passesTheConformanceTest() throws {
    let claims = LossClaims(lowerBound: 0, differsFromCE: false)
    for finding in try LossConformance(claims: claims, make: { _, _ in Plain() }).check() {
      #expect(finding.outcome != .fail, "\(finding.property): \(finding.measured)")
    }
  }

  @Test func isCrossEntropy() {
    let batch = Batch.large
    let (own, ce) = (
      Plain().evaluate(batch.input()), CrossEntropyLoss().evaluate(batch.input())
    )
    #expect(abs(own.value / ce.value - 1) < 1e-6)
    #expect(
      relativeDistance(own.gradient.array.map(Double.init), ce.gradient.array.map(Double.init))
        < 1e-6)
  }

  @Test func nothingToDivideByIsNothingToLearn() {
    let result = pixelwiseLoss(Batch.large.input(), normalizer: 0) { _, _, _ in 1 }
    #expect(result.value == 0 && result.gradient.array.allSatisfy { $0 == 0 })
  }

  private struct Refusing: Loss {
    func evaluate(_ input: LossInput) throws -> LossResult { throw UserError("no such batch") }
  }

  /// Also out of a sum, and of the closure that makes the loss.
  @Test func errorsOfALossArrive() throws {
    let batch = Batch.large
    let sum = WeightedSumLoss([(1, CrossEntropyLoss()), (0.5, Refusing())])
    #expect(throws: UserError("no such batch")) { try sum.evaluate(batch.input()) }
    let descriptor = LossDescriptor(
      name: "refusing", title: "", formula: "", reduction: "", absentClasses: "", source: ""
    ) { _ in throw UserError("not for this data set") }
    #expect(throws: UserError("not for this data set")) {
      try LossConformance(descriptor).check()
    }
  }

  @Test func lossWithoutAnEvaluationIsAProgrammingError() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Nothing: Loss {}
      _ = try Nothing().evaluate(Batch.large.input())
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("implements neither evaluate(_:)"))
  }
}
