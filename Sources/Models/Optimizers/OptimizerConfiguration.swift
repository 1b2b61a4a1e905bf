/// Which optimizer trains, under torch.optim's names and with its defaults.
package struct OptimizerConfiguration: Codable, Hashable, Sendable {
  package enum Name: String, Codable, Hashable, Sendable, CaseIterable { case adam, adamw, sgd }

  package var name: Name
  /// Of `sgd`; nil for 0.
  package var momentum: Double?
  /// Whether the momentum is Nesterov's; nil for not.
  package var nesterov: Bool?
  /// Coupled for `adam` and `sgd`, decoupled for `adamw`; nil for 0.
  package var weightDecay: Double?

  package init(
    _ name: Name = .adam, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0
  ) {
    self.name = name
    self.momentum = momentum == 0 ? nil : momentum
    self.nesterov = nesterov ? true : nil
    self.weightDecay = weightDecay == 0 ? nil : weightDecay
  }

  /// Adam without decay.
  package static let standard = OptimizerConfiguration()

  /// torch.optim's default.
  package static func standardDecay(of name: Name) -> Double { name == .adamw ? 0.01 : 0 }

  package var decay: WeightDecay? {
    weightDecay.map { name == .adamw ? .decoupled($0) : .coupled($0) }
  }

  package func makeOptimizer(
    _ parameters: [Parameter], learningRate: Double
  ) -> any Optimizer {
    switch name {
    case .adam, .adamw: Adam(parameters, learningRate: learningRate, decay: decay)
    case .sgd:
      SGD(
        parameters, learningRate: learningRate, momentum: momentum ?? 0,
        isNesterov: nesterov ?? false, decay: decay)
    }
  }
}
