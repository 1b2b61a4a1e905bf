import Tensors

/// What a loss is given for one optimisation step.
public struct LossInput {
  /// Scores before the softmax, [N, H, W, C].
  public let logits: Tensor
  /// The softmax of `logits` over the channels, [N, H, W, C]; computed once, shared by all losses.
  public let probabilities: Tensor
  /// Class ids, N x H x W; `LabelMap.ignored` takes no part.
  public let labels: LabelMap
  /// Threads and reusable memory.
  public let compute: Compute

  public var classes: Int { logits.shape.c }

  /// Computes the softmax. Traps if the labels' extent is not that of the logits.
  public init(logits: Tensor, labels: LabelMap, compute: Compute) {
    precondition(
      labels.n == logits.shape.n && labels.h == logits.shape.h && labels.w == logits.shape.w,
      "labels and logits differ in extent")
    self.logits = logits
    self.labels = labels
    self.compute = compute
    probabilities = softmax(logits, compute)
  }
}

/// A loss's value and its gradient, returned together so that they cannot drift apart.
public struct LossResult {
  /// The scalar that training minimises.
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
}

/// A training criterion on logits and labels.
///
/// Conventions, the same for every canonical loss: ignored pixels have no influence and get zero
/// gradient; a batch without a valid pixel has value 0 and gradient 0; labels are only read.
public protocol Loss: Sendable {
  /// Value and gradient for one batch.
  func evaluate(_ input: LossInput) -> LossResult
}
