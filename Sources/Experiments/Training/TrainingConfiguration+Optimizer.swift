import Models

extension TrainingConfiguration {
  func makeOptimizer(_ parameters: [Parameter]) -> any Optimizer {
    (optimizer ?? .standard).makeOptimizer(parameters, learningRate: learningRate)
  }

  /// The learning rate of an iteration, counted from 0.
  func rate(at iteration: Int) -> Double {
    guard let schedule else { return learningRate }
    return learningRate * schedule.factor(at: iteration, of: iterations)
  }
}
