import Losses
import Tensors
import TestSupport
import Testing

@Suite struct MomentumRecallLossTests {
  /// Two pixels of class 0, `right` of them right, and two of class 1, both wrong; class 2 absent.
  private func batch(right: Int) -> Batch {
    let first = (0..<2).flatMap { $0 < right ? [2, 0, 0] : [0, 0, 2] as [Float] }
    return Batch(
      "hand", Shape(n: 1, h: 2, w: 3, c: 3), logits: first + [1, 0, 0, 0, 0, 3, 0, 9, 0, 9, 0, 0],
      ids: [0, 0, 1, 1, 255, 255])
  }

  /// w_t = (1 - m) (1 - R_t) + m w_{t-1}, w_0 = 1; class 2 keeps its weight.
  @Test func weightsRememberEarlierSteps() throws {
    let loss = MomentumRecallLoss(momentum: 0.75, classes: 3)
    var state = loss.initialState
    #expect(state.values == [1, 1, 1])
    _ = loss.evaluate(batch(right: 2).input(), state: &state)
    #expect(state.values == [0.75, 1, 1])
    let result = loss.evaluate(batch(right: 1).input(), state: &state)
    #expect(state.values == [0.25 * 0.5 + 0.75 * 0.75, 1, 1])
    let weights = try #require(result.classWeights)
    #expect(Array(weights[..<2]) == Array(state.values[..<2]))
    #expect(weights[2].isNaN)
  }

  @Test func isTheMeanWeightedByTheState() {
    let loss = MomentumRecallLoss(momentum: 0.5, classes: 3)
    var state = LossState([0.5, 0.25, 1])
    let batch = batch(right: 1)
    let result = loss.evaluate(batch.input(), state: &state)
    #expect(state.values == [0.5, 0.625, 1])
    let ce = (0..<4).map { i in
      -logProbabilities(batch.logits[3 * i..<3 * i + 3].map(Double.init))[
        Int(batch.labels.ids[i])]
    }
    let expected = (0.5 * (ce[0] + ce[1]) + 0.625 * (ce[2] + ce[3])) / (1 + 1.25)
    #expect(abs(result.value / expected - 1) < 1e-6)
  }

  @Test func batchWithoutValidPixelsLeavesTheStateAlone() {
    let loss = MomentumRecallLoss(momentum: 0.5, classes: 3)
    var ignored = batch(right: 1)
    ignored.labels.ids = [UInt8](repeating: LabelMap.ignored, count: 6)
    var state = LossState([0.5, 0.25, 0])
    #expect(loss.evaluate(ignored.input(), state: &state).value == 0)
    #expect(state.values == [0.5, 0.25, 0])
  }

  /// Over steps with one state, as in training; `ContractTests` look at single steps.
  @Test(arguments: ["recall(momentum: 0.5)", "recall.published(momentum: 0.9)"])
  func sameBitsForAnyNumberOfThreads(_ text: String) throws {
    func bits(threads: Int) throws -> [UInt64] {
      let (compute, shape) = (Compute(threads: threads), Shape(n: 2, h: 40, w: 51, c: 6))
      let batches = (0..<3).map {
        Batch.random("step", shape, ignored: 0.2, seed: 80 + UInt64($0))
      }
      let loss = try batches[0].loss(text)
      var state = loss.initialState
      var bits: [UInt64] = []
      for batch in batches {
        let result = try loss.evaluate(batch.input(compute), state: &state)
        bits.append(result.value.bitPattern)
        bits += state.values.map(\.bitPattern)
        bits += result.gradient.array.map { UInt64($0.bitPattern) }
      }
      return bits
    }
    let one = try bits(threads: 1)
    #expect(try bits(threads: 2) == one)
    #expect(try bits(threads: 3) == one)
  }
}
