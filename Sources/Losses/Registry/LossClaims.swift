/// What a loss promises beyond what every loss must satisfy, for its default parameters and batches
/// with some valid pixels unless stated otherwise. `LossConformance` measures each promise.
public struct LossClaims: Hashable, Sendable {
  /// The value and the gradient are the same, up to rounding, for any order of the batch's images.
  public var permutationInvariant: Bool
  /// No value is below this number; nil: the loss is not bounded below.
  public var lowerBound: Double?
  /// No value is above this number; nil: the loss is not bounded above.
  public var upperBound: Double?
  /// A batch without a valid pixel has value 0 and gradient 0.
  public var zeroOnAllIgnored: Bool
  /// Logits at ignored pixels have no influence and get no gradient.
  public var ignoresIgnoredPixels: Bool
  /// The value differs from that of `ce` on a batch of several classes in which some pixels are
  /// predicted correctly: the loss is not cross-entropy under another name.
  public var differsFromCE: Bool
  /// Another library computes the loss in single precision: the rounding may depend on the number
  /// of threads and shows in finite differences, and a NaN at an ignored pixel may pass into its
  /// gradient.
  public var computedElsewhere: Bool

  public init(
    permutationInvariant: Bool = true, lowerBound: Double? = nil, upperBound: Double? = nil,
    zeroOnAllIgnored: Bool = true, ignoresIgnoredPixels: Bool = true, differsFromCE: Bool = true,
    computedElsewhere: Bool = false
  ) {
    (self.permutationInvariant, self.differsFromCE) = (permutationInvariant, differsFromCE)
    (self.lowerBound, self.upperBound) = (lowerBound, upperBound)
    (self.zeroOnAllIgnored, self.ignoresIgnoredPixels) = (zeroOnAllIgnored, ignoresIgnoredPixels)
    self.computedElsewhere = computedElsewhere
  }
}
