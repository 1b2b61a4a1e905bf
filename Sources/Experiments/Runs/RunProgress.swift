/// How far a run is.
package struct RunProgress: Hashable, Sendable {
  package enum Phase: Hashable, Sendable { case training, evaluating }
  package var phase: Phase
  /// Done of all; in evaluation, images.
  package var iteration: Int
  package var iterations: Int
  /// Training loss, a recent mean.
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
