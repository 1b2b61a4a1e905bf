import Foundation
import Losses
import Tensors
import TestSupport
import Testing

@Suite struct SeesawLossTests {
  /// -log softmax(z + log S)_y with S from `factors`, and the pixel counts seen so far.
  private func value(
    _ batch: Batch, _ logits: [Double], factors: [Double], seen: [Double], p: Double, q: Double
  ) -> Double {
    let c = batch.shape.c
    let counts = seen.map { max($0, 1) }
    var (sum, valid) = (0.0, 0.0)
    for (i, id) in batch.labels.ids.enumerated() where id != LabelMap.ignored {
      let y = Int(id)
      let prob = probabilities(Array(factors[i * c..<(i + 1) * c]))
      let scores = (0..<c).map { j -> Double in
        guard j != y else { return logits[i * c + j] }
        let mitigation = counts[j] < counts[y] ? pow(counts[j] / counts[y], p) : 1
        let ratio = prob[j] / max(prob[y], 0.01)
        return logits[i * c + j] + log(mitigation * (ratio > 1 ? pow(ratio, q) : 1))
      }
      sum -= logProbabilities(scores)[y]
      valid += 1
    }
    return sum / valid
  }

  /// The factors take no gradient, so the difference quotients hold them.
  @Test(arguments: [(0.8, 2.0), (0, 2), (0.8, 0), (1.5, 0.5)])
  func valueAndGradientMatchTheFormula(p: Double, q: Double) throws {
    let batch = Batch.random(
      "seesaw", Shape(n: 2, h: 4, w: 5, c: 4), ignored: 0.2, spread: 3, seed: 99)
    let loss = SeesawLoss(mitigation: p, compensation: q, classes: 4)
    let earlier: [Double] = [4000, 100, 7, 0]
    var state = LossState(earlier)
    let result = loss.evaluate(batch.input(), state: &state)
    let seen = zip(earlier, batch.input().classPixels).map { $0 + Double($1) }
    #expect(state.values == seen)

    var logits = batch.logits.map(Double.init)
    let center = logits
    func now() -> Double { value(batch, logits, factors: center, seen: seen, p: p, q: q) }
    #expect(abs(result.value / now() - 1) < 1e-5)
    let gradient = logits.indices.map { i in
      defer { logits[i] = center[i] }
      logits[i] = center[i] + 1e-5
      let above = now()
      logits[i] = center[i] - 1e-5
      return (above - now()) / 2e-5
    }
    #expect(relativeDistance(result.gradient.array.map(Double.init), gradient) < 1e-4)
  }

  @Test func withoutExponentsItIsCrossEntropy() throws {
    let batch = Batch.random("ce", Shape(n: 2, h: 4, w: 5, c: 6), ignored: 0.2, seed: 100)
    let a = try SeesawLoss(mitigation: 0, compensation: 0, classes: 6).evaluate(batch.input())
    let b = CrossEntropyLoss().evaluate(batch.input())
    #expect(abs(a.value / b.value - 1) < 1e-6)
    for (x, y) in zip(a.gradient.array, b.gradient.array) { #expect(abs(x - y) < 1e-7) }
  }

  /// A frequent class's pixels push a rare class's logit down less, those of an equal one do not.
  @Test func mitigationSparesRareClasses() throws {
    let batch = Batch("one", Shape(n: 1, h: 1, w: 1, c: 3), logits: [0, 0, 0], ids: [0])
    let loss = SeesawLoss(mitigation: 1, compensation: 0, classes: 3)
    var state = LossState([99, 200, 25])
    let gradient = loss.evaluate(batch.input(), state: &state).gradient.array
    // S = 1, 1 and 1/4.
    for (g, expected) in zip(gradient, [-1.25 / 2.25, 1 / 2.25, 0.25 / 2.25]) {
      #expect(abs(Double(g) - expected) < 1e-6)
    }
  }

  @Test func heldFactorsAreThoseOfTheFirstStep() throws {
    let batch = Batch.ordinary[2]
    let loss = SeesawLoss(classes: batch.shape.c)
    let (own, held) = (
      try loss.evaluate(batch.input()), loss.holdingFactors(of: batch.input())
    )
    let result = try held.evaluate(batch.input())
    #expect(result.value == own.value && result.gradient.array == own.gradient.array)
    // Elsewhere they stay what they were.
    var other = batch
    for i in other.logits.indices { other.logits[i] *= -2 }
    #expect(try held.evaluate(other.input()).value != loss.evaluate(other.input()).value)
  }
}
