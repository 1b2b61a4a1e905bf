import Files
import Losses
import Tensors
import TestSupport
import Testing

@Suite struct RecallVariantLossTests {
  private let batch = Batch.random(
    "variants", Shape(n: 3, h: 5, w: 6, c: 4), ignored: 0.2, spread: 2, seed: 101)

  private func result(_ text: String, _ batch: Batch) throws -> LossResult {
    try batch.loss(text).evaluate(batch.input())
  }

  /// The same loss but for the divisor: sum of weights over number of pixels is their mean.
  @Test func normalizedIsTheLossOverTheMeanWeight() throws {
    let (plain, normalized) = (
      try result("recall", batch), try result("recall(normalize: 1)", batch)
    )
    let input = batch.input()
    let weights = try #require(plain.classWeights)
    let sum = zip(weights, input.classPixels).reduce(0) { $0 + $1.0 * Double($1.1) }
    let factor = Double(input.validPixels) / sum
    #expect(abs(normalized.value / (plain.value * factor) - 1) < 1e-6)
    let scaled = plain.gradient.array.map { Double($0) * factor }
    #expect(relativeDistance(normalized.gradient.array.map(Double.init), scaled) < 1e-6)
  }

  @Test func perImageIsTheMeanOverImagesOfEqualSize() throws {
    let shape = Shape(n: 2, h: 3, w: 4, c: 3)
    let both = Batch.random("both", shape, spread: 2, seed: 102)
    let halves = (0..<2).map { n in
      Batch(
        "half", Shape(n: 1, h: 3, w: 4, c: 3), logits: Array(both.logits[n * 36..<(n + 1) * 36]),
        ids: Array(both.labels.ids[n * 12..<(n + 1) * 12]))
    }
    let alone = try halves.map { try result("recall", $0) }
    let together = try result("recall(per_image: 1)", both)
    #expect(abs(together.value / ((alone[0].value + alone[1].value) / 2) - 1) < 1e-6)
    let gradient = alone.flatMap { $0.gradient.array.map { Double($0) / 2 } }
    #expect(relativeDistance(together.gradient.array.map(Double.init), gradient) < 1e-6)
    let single = try result("recall(per_image: 1)", halves[0])
    #expect(abs(single.value / alone[0].value - 1) < 1e-6)
  }

  /// The classes' mean weights are one minus the recall of the batch for either region.
  @Test(arguments: ["recall(normalize: 1)", "recall(per_image: 1)"])
  func reportsOneMinusRecallOfTheBatch(_ text: String) throws {
    let expected = try #require(try result("recall", batch).classWeights)
    let weights = try #require(try result(text, batch).classWeights)
    for (a, b) in zip(weights, expected) { #expect(abs(a - b) < 1e-12) }
  }

  @Test func everythingRecalledIsZero() throws {
    var right = batch
    for (i, id) in right.labels.ids.enumerated() where id != LabelMap.ignored {
      right.logits[i * 4 + Int(id)] = 50
    }
    for text in ["recall(normalize: 1)", "recall(normalize: 1, per_image: 1)"] {
      let zero = try result(text, right)
      #expect(zero.value == 0 && zero.gradient.array.allSatisfy { $0 == 0 })
    }
    // From one on, the authors' counts are never zero.
    #expect(try result("recall.published(normalize: 1)", right).value > 0)
  }

  /// The plain notation is the loss that it has always been.
  @Test func defaultsAreUntouched() throws {
    #expect(try batch.loss("recall") is RecallLoss)
    #expect(try batch.loss("recall.published") is PublishedRecallLoss)
    #expect(try batch.loss("recall(momentum: 0.9)") is MomentumRecallLoss)
    #expect(try LossSpecification(parsing: "recall").description == "recall")
  }

  @Test(arguments: [
    (
      "recall(momentum: 0.5, normalize: 1)",
      "recall loss: with momentum the sum is always divided by the weights; leave out normalize"
    ),
    (
      "recall.published(momentum: 0.5, per_image: 1)",
      "recall loss: momentum remembers one recall of each class, so it does not go with per_image"
    ),
  ])
  func combinationsThatMeanNothingAreErrors(_ text: String, _ message: String) {
    #expect(throws: UserError(message)) { try batch.loss(text) }
  }
}
