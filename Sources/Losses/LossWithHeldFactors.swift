/// A loss with factors that vary with the logits and yet take no gradient, such as a `detach`ed
/// probability in PyTorch. Its gradient is not the derivative of its value, but of the value with
/// these factors held.
///
/// `LossConformance` takes that derivative for such a loss. Factors that are constant around a point
/// (counts, an argmax) do not need this.
public protocol LossWithHeldFactors: Loss {
  /// The loss of a first step whose factors stay those of `input`, whatever logits follow.
  func holdingFactors(of input: LossInput) throws -> any Loss
}

extension WeightedSumLoss: LossWithHeldFactors {
  /// The sum of the terms, with the factors of those held that have any.
  package func holdingFactors(of input: LossInput) throws -> any Loss {
    WeightedSumLoss(
      try terms.map { term in
        let held = try (term.loss as? any LossWithHeldFactors)?.holdingFactors(of: input)
        return (term.weight, held ?? term.loss)
      })
  }
}
