import Losses
import Tensors
import TestSupport
import Testing

/// Runs over the registry: a new loss is checked without a change here.
@Suite struct GradientTests {
  @Test(arguments: everyLoss, smoothBatches)
  func gradientIsThatOfTheValue(_ text: String, _ batch: Batch) throws {
    let (loss, compute) = (try batch.loss(text), Compute())
    let logits = Tensor(batch.shape, batch.logits)
    let value = { (z: Tensor) in
      loss.evaluate(LossInput(logits: z, labels: batch.labels, compute: compute)).value
    }
    let expected = numericalGradient(of: value, at: logits, step: step)
    let gradient = loss.evaluate(batch.input()).gradient.array.map(Double.init)
    // The quotient's own error: values rounded to single precision, divided by two steps.
    #expect(relativeDistance(gradient, expected) < 0.01)
    #expect(expected.contains { abs($0) > 1e-4 } || loss.evaluate(batch.input()).value < 1e-4)
  }
}
