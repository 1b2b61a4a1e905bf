/// What a run computes and stores when it is evaluated, besides its confusion matrices.
package struct EvaluationConfiguration: Codable, Hashable, Sendable {
  /// The strengths tau of prior correction; nil for 0, 0.1, ..., 1. See `PriorCorrection`.
  package var priorCorrection: [Double]?

  package init(priorCorrection: [Double]? = nil) { self.priorCorrection = priorCorrection }

  /// The strengths for which a run stores confusion matrices unless the configuration names others.
  package static let standardTaus = (0...10).map { Double($0) / 10 }
}

extension RunConfiguration {
  /// The strengths of prior correction, ascending.
  var taus: [Double] { evaluation?.priorCorrection ?? EvaluationConfiguration.standardTaus }
}
