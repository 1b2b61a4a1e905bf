/// What a run computes and stores when it is evaluated, besides its confusion matrices.
package struct EvaluationConfiguration: Codable, Hashable, Sendable {
  /// The strengths tau of prior correction; nil for 0, 0.1, ..., 1. See `PriorCorrection`.
  package var priorCorrection: [Double]?
  /// Whether boundary pixels are counted, for the boundary IoU; nil for not.
  package var boundary: Bool?
  /// Whether probabilities are counted, for calibration errors; nil for not.
  package var calibration: Bool?

  package init(
    priorCorrection: [Double]? = nil, boundary: Bool? = nil, calibration: Bool? = nil
  ) {
    self.priorCorrection = priorCorrection
    self.boundary = boundary
    self.calibration = calibration
  }

  /// The strengths for which a run stores confusion matrices unless the configuration names others.
  package static let standardTaus = (0...10).map { Double($0) / 10 }
}

extension RunConfiguration {
  /// The strengths of prior correction, ascending.
  var taus: [Double] { evaluation?.priorCorrection ?? EvaluationConfiguration.standardTaus }
}
