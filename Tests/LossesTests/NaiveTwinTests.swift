import Foundation
import Losses
import Synchronization
import Tensors
import TestSupport
import Testing

/// The losses over several blocks and odd sizes, for every way in which classes fill vectors, against
/// their naive twins.
@Suite struct NaiveTwinTests {
  private static let classes = [1, 2, 3, 4, 5, 7, 8, 9, 11, 16, 19, 34]

  private static let twins: [(loss: String, twin: @Sendable (NaiveLosses) -> NaiveLosses.Result)] =
    [
      ("ce", { b in b.reweighted(Double(b.valid.count)) { _ in (1, 1) } }),
      (
        "focal",
        { b in
          b.reweighted(Double(b.valid.count)) { i in
            (b.miss(i), b.miss(i) + (1 - b.miss(i)) * b.ce[i])
          }
        }
      ),
      (
        "focal(gamma: 2.5)",
        { b in
          b.reweighted(Double(b.valid.count)) { i in
            let (m, w) = (b.miss(i), pow(b.miss(i), 2.5))
            return (w, m > 0 ? w * (1 + 2.5 * (1 - m) * b.ce[i] / m) : 0)
          }
        }
      ),
      ("ohem", { $0.ohem(keep: 0.7) }),
      ("recall", { $0.recall() }),
      ("soft_iou", { $0.softIoU() }),
      ("lovasz", { $0.lovasz() }),
    ]

  private func compare(_ batch: Batch, _ losses: [String] = twins.map(\.loss)) throws {
    let naive = NaiveLosses(batch)
    for (text, twin) in Self.twins where losses.contains(text) {
      let loss = try LossRegistry.make(
        LossSpecification(parsing: text), classes: batch.shape.c, classPixels: batch.classPixels)
      let result = try loss.evaluate(batch.input(Compute(threads: 2)))
      let expected = twin(naive)
      #expect(abs(result.value - expected.value) <= 2e-6 * abs(expected.value), "\(text)")
      let distance = relativeDistance(result.gradient.array.map(Double.init), expected.gradient)
      // Rounding may exchange neighbors in the order of errors.
      let tolerance = text == "lovasz" ? 1e-4 : 1e-5
      #expect(distance <= tolerance, "\(text): gradient off by \(distance)")
    }
  }

  @Test(arguments: classes) func anyNumberOfClasses(_ c: Int) throws {
    let shape = Shape(n: 2, h: 37, w: 61, c: c)
    try compare(.random("odd", shape, ignored: 0.3, spread: 2, seed: UInt64(100 + c)))
  }

  @Test(arguments: [1, 5, 8, 9, 15]) func fewerPixelsThanATileAndOneMore(_ w: Int) throws {
    for c in [3, 8, 11] {
      let shape = Shape(n: 1, h: 1, w: w, c: c)
      try compare(.random("few", shape, spread: 2, seed: UInt64(200 + w)))
    }
  }

  /// Several blocks of every kind.
  @Test func manyPixels() throws {
    let shape = Shape(n: 1, h: 263, w: 517, c: 3)
    try compare(.random("many", shape, ignored: 0.1, spread: 3, seed: 301))
  }

  /// Scores of few values: ties go to the lowest pixel, also far from where they begin.
  @Test func manyTies() throws {
    var batch = Batch.random("ties", Shape(n: 1, h: 263, w: 517, c: 2), ignored: 0.1, seed: 302)
    for i in batch.logits.indices { batch.logits[i] = i % 2 == 0 ? 0 : batch.logits[i].rounded() }
    try compare(batch, ["ohem", "lovasz"])
  }

  /// A softmax that is asked for late, and from within a loop.
  @Test func probabilitiesAreTheSoftmax() {
    let batch = Batch.large
    let compute = Compute(threads: 2)
    let expected = softmax(Tensor(batch.shape, batch.logits), Compute()).array
    let input = batch.input(compute)
    let differing = Mutex(0)
    compute.parallelFor(8) { _ in
      let differences = zip(input.probabilities.array, expected).count { $0 != $1 }
      differing.withLock { $0 += differences }
    }
    #expect(differing.withLock { $0 } == 0)
    #expect(input.probabilities === input.probabilities)
  }
}
