/// The progress of a run.
package struct RunProgress: Hashable, Sendable {
  package enum Phase: Hashable, Sendable { case training, evaluating }

  /// What the weights of an iteration score on the validation split; nil where it is undefined.
  package struct Validation: Hashable, Sendable {
    package var iteration: Int
    package var meanAccuracy: Double?
    package var meanIoU: Double?

    package init(iteration: Int, meanAccuracy: Double?, meanIoU: Double?) {
      (self.iteration, self.meanAccuracy, self.meanIoU) = (iteration, meanAccuracy, meanIoU)
    }
  }

  package var phase: Phase
  /// Iterations done, out of `iterations`; images during evaluation.
  package var iteration: Int
  package var iterations: Int
  /// A recent mean of the training loss.
  package var loss: Double
  package var imagesPerSecond: Double
  /// Set if the run was validated after this iteration.
  package var validation: Validation?

  package init(
    phase: Phase, iteration: Int, iterations: Int, loss: Double, imagesPerSecond: Double,
    validation: Validation? = nil
  ) {
    self.phase = phase
    self.iteration = iteration
    self.iterations = iterations
    self.loss = loss
    self.imagesPerSecond = imagesPerSecond
    self.validation = validation
  }
}
