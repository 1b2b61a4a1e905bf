import Tensors

extension LossInput {
  /// The mean cross-entropy of other logits and the same labels. If they are this input's plus
  /// something that takes no gradient, so is the result's gradient that by this input's logits.
  func crossEntropy(at logits: Tensor) -> LossResult {
    CrossEntropyLoss().evaluate(LossInput(logits: logits, labels: labels, compute: compute))
  }
}
