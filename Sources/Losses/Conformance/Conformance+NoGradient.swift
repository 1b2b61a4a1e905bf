import Tensors

extension LossConformance {
  /// The warning about a loss that cannot be trained with: its gradient is zero everywhere, although
  /// its value changes with the logits. nil for every other loss.
  func noGradient() throws -> ConformanceFinding? {
    var change = 0.0
    for batch in ConformanceBatch.ordinary + [.classesAbsent, .large] {
      // The most probable class becomes the least probable.
      var mirrored = batch
      for i in mirrored.logits.indices { mirrored.logits[i].negate() }
      let (result, other) = (try evaluate(batch), try evaluate(mirrored))
      guard (result.gradient.array + other.gradient.array).allSatisfy({ $0 == 0 }) else {
        return nil
      }
      change = max(change, abs(result.value - other.value))
    }
    guard change > 0 else { return nil }
    return ConformanceFinding(
      property: "no gradient", outcome: .warning,
      measured: "the gradient is zero everywhere, although the value changes with the logits, by "
        + "up to \(change.brief): training cannot lower this loss",
      advice: "An argmax, a rounding, a comparison and a count have no derivative but zero (in "
        + "PyTorch also .detach() and torch.no_grad): use probabilities in their place, or let "
        + "them weight cross-entropies, as recall does.")
  }
}
