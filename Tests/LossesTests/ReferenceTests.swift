import Losses
import Tensors
import TestSupport
import Testing

/// Values and gradients against the naive references in double precision; the references' gradients
/// are difference quotients, so they share nothing with the formulas under test.
@Suite struct ReferenceTests {
  static let batches =
    smoothBatches + [
      .random("eleven classes", Shape(n: 2, h: 5, w: 7, c: 11), ignored: 0.3, seed: 11),
      .random("hard and certain", Shape(n: 2, h: 4, w: 5, c: 4), ignored: 0.1, spread: 8, seed: 12),
      .firstImageIgnored,
      .saturated,
    ]

  @Test(arguments: everyLoss, batches)
  func valueAndGradientMatchTheFormula(_ text: String, _ batch: Batch) throws {
    let specification = try LossSpecification(parsing: text)
    let terms = specification.terms.compactMap { term in references[term.name].map { (term, $0) } }
    guard terms.count == specification.terms.count else { return }
    func value(_ logits: [Double]) -> Double {
      let batch = ReferenceBatch(batch, logits: logits)
      return terms.reduce(0) { $0 + $1.0.weight * $1.1(batch, $1.0.values) }
    }
    let result = try batch.loss(text).evaluate(batch.input())
    var logits = batch.logits.map(Double.init)
    let expected = value(logits)
    #expect(abs(result.value - expected) <= 1e-5 * abs(expected))

    let h = 1e-5
    let gradient = logits.indices.map { i in
      let center = logits[i]
      defer { logits[i] = center }
      logits[i] = center + h
      let above = value(logits)
      logits[i] = center - h
      return (above - value(logits)) / (2 * h)
    }
    #expect(relativeDistance(result.gradient.array.map(Double.init), gradient) <= 1e-4)
  }

  /// A loss that a user adds needs none here: the conformance test covers it.
  @Test func everyReferenceIsOfALoss() {
    #expect(Set(references.keys).isSubset(of: LossRegistry.all.map(\.name)))
    #expect(references.count >= 29)
  }
}

extension Batch {
  /// Two images, nothing to learn from in the first.
  static var firstImageIgnored: Batch {
    var batch = random("first image ignored", Shape(n: 2, h: 3, w: 4, c: 3), seed: 13)
    for i in 0..<12 { batch.labels.ids[i] = LabelMap.ignored }
    return batch
  }

  /// Logits of 100 and -100 and, at each pixel, one or two of moderate size.
  static var saturated: Batch {
    var batch = random("saturated", Shape(n: 2, h: 3, w: 4, c: 4), ignored: 0.1, seed: 14)
    for i in 0..<batch.shape.pixels {
      // Wrong by 200, right by 200, wrong by about 100, right by about 100.
      let (right, wrong) = (Int(batch.labels.ids[i]) % 4, (Int(batch.labels.ids[i]) + 1) % 4)
      let noise = batch.logits[i * 4]
      for j in 0..<4 { batch.logits[i * 4 + j] = -100 }
      batch.logits[i * 4 + (i % 2 == 0 ? wrong : right)] = 100
      if i % 4 >= 2 { batch.logits[i * 4 + (i % 2 == 0 ? right : wrong)] = noise }
      if i % 3 == 0 { batch.logits[i * 4 + (wrong + 1) % 4] = 99 + noise / 4 }
    }
    return batch
  }
}
