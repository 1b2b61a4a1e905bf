import Losses
import Tensors
import Testing

/// What `Loss` promises, for every loss of the registry: a new one is checked without a change here.
@Suite struct ContractTests {
  @Test(arguments: everyLoss)
  func passesTheConformanceTest(_ text: String) throws {
    for finding in try LossConformance(LossSpecification(parsing: text)).check() {
      #expect(
        finding.outcome != .fail, "\(finding.property): \(finding.measured). \(finding.advice)")
    }
  }

  /// Logits matter only up to a constant a pixel, so each pixel's gradient sums to zero.
  @Test(arguments: everyLoss)
  func gradientSumsToZeroAtEachPixel(_ text: String) throws {
    let batch = Batch.large
    let c = batch.shape.c
    let gradient = try batch.loss(text).evaluate(batch.input()).gradient.array
    for i in 0..<batch.shape.pixels {
      let row = gradient[i * c..<(i + 1) * c]
      let size = row.reduce(0) { $0 + abs($1) }
      #expect(abs(row.reduce(0, +)) <= 1e-5 * size + .leastNormalMagnitude)
    }
  }

  /// The step's class weights are those of the batch's classes.
  @Test(arguments: everyLoss)
  func classesAbsentHaveNoWeightOfTheStep(_ text: String) throws {
    let batch = Batch.classesAbsent
    guard let weights = try batch.loss(text).evaluate(batch.input()).classWeights else { return }
    #expect(weights.indices.filter { !weights[$0].isNaN } == [0, 4, 12])
  }
}
