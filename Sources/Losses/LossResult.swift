import Tensors

/// A loss's value and its gradient, returned together so that they stay consistent.
public struct LossResult {
  /// The scalar that training minimizes. Not finite if a valid pixel has a logit that is NaN or +inf,
  /// or -inf at its label.
  public var value: Double
  /// d value / d logits, [N, H, W, C]; zero at ignored pixels.
  public var gradient: Tensor
  /// The average weight the loss gave each class in this step, for losses that weight
  /// dynamically (recall: 1 - R_c; focal: mean (1 - p)^gamma). NaN for a class absent from the batch.
  public var classWeights: [Double]?

  public init(value: Double, gradient: Tensor, classWeights: [Double]? = nil) {
    self.value = value
    self.gradient = gradient
    self.classWeights = classWeights
  }

  /// The result of a batch with nothing to learn from: value 0, gradient 0.
  public static func zero(_ input: LossInput) -> LossResult {
    LossResult(value: 0, gradient: input.compute.zeros(input.logits.shape))
  }
}
