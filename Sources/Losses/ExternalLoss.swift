import Tensors

/// A loss that another process computes, and that can fail for reasons of its own.
package protocol ExternalLoss: Loss {
  /// Value and gradient for one batch, or why there are none.
  func result(_ input: LossInput) throws -> LossResult
}

extension ExternalLoss {
  /// Value and gradient are NaN where `result` throws: whoever cannot be told still sees no number.
  package func evaluate(_ input: LossInput) -> LossResult {
    if let result = try? result(input) { return result }
    let gradient = input.compute.empty(input.logits.shape)
    gradient.fill(.nan)
    return LossResult(value: .nan, gradient: gradient)
  }
}

extension Loss {
  /// Value and gradient of a step, as `step`.
  /// - Throws: what an external loss throws; others never fail.
  package func tryStep(_ input: LossInput, _ state: inout LossState) throws -> LossResult {
    if let loss = self as? any ExternalLoss { return try loss.result(input) }
    return step(input, &state)
  }

  /// Value and gradient of a first step, as `evaluate`.
  /// - Throws: what an external loss throws; others never fail.
  package func tryEvaluate(_ input: LossInput) throws -> LossResult {
    if let loss = self as? any ExternalLoss { return try loss.result(input) }
    return evaluate(input)
  }
}
