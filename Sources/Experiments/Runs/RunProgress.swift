/// The progress of a run.
package struct RunProgress: Hashable, Sendable {
  package enum Phase: Hashable, Sendable { case training, evaluating }
  package var phase: Phase
  /// Iterations done, out of `iterations`; images during evaluation.
  package var iteration: Int
  package var iterations: Int
  /// A recent mean of the training loss.
  package var loss: Double
  package var imagesPerSecond: Double

  package init(
    phase: Phase, iteration: Int, iterations: Int, loss: Double, imagesPerSecond: Double
  ) {
    self.phase = phase
    self.iteration = iteration
    self.iterations = iterations
    self.loss = loss
    self.imagesPerSecond = imagesPerSecond
  }
}
