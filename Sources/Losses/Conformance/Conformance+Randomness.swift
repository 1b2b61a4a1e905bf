import Tensors

extension LossConformance {
  /// The warning about a loss that gives the same batch different results; nil for every other loss.
  /// Sums of 32-bit numbers in changing orders do not count as random.
  func randomness() throws -> ConformanceFinding? {
    let batch = ConformanceBatch.ordinary[0]
    let (own, other) = (try evaluate(batch), try evaluate(batch))
    let value = relativeDistance([other.value], [own.value])
    let gradient = relativeDistance(
      other.gradient.array.map(Double.init), own.gradient.array.map(Double.init))
    guard value > 1e-5 || gradient > 1e-4 else { return nil }
    return ConformanceFinding(
      property: "random", outcome: .warning,
      measured: "two evaluations of the same batch differ by \(value.brief) in the value and by "
        + "\(gradient.brief) in the gradient: nothing else can be checked",
      advice: "Check the loss with its random part off or fixed (in PyTorch: torch.rand, randn, "
        + "randperm, dropout, augmentation). It can be trained with, but training it again gives "
        + "other numbers.")
  }
}
