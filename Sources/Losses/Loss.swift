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
  /// Pixels of each class in the batch, `classes` entries.
  public let classPixels: [Int]

  public var classes: Int { logits.shape.c }
  /// Pixels that are not ignored.
  public var validPixels: Int { classPixels.reduce(0, +) }

  /// Computes the softmax. Traps if the labels' extent is not that of the logits, if there is no
  /// class or more than 255, or if a label is neither `LabelMap.ignored` nor below the number of
  /// classes: whoever reads labels from files has to map them first.
  public init(logits: Tensor, labels: LabelMap, compute: Compute) {
    let shape = logits.shape
    precondition(
      labels.n == shape.n && labels.h == shape.h && labels.w == shape.w,
      "labels and logits differ in extent")
    precondition((1...Int(LabelMap.ignored)).contains(shape.c), "\(shape.c) classes")
    let counts = labels.histogram(classes: Int(LabelMap.ignored))
    precondition(
      counts[shape.c...].allSatisfy { $0 == 0 }, "a label is not below \(shape.c) classes")
    self.logits = logits
    self.labels = labels
    self.compute = compute
    classPixels = Array(counts[..<shape.c])
    probabilities = softmax(logits, compute)
  }
}

/// A loss's value and its gradient, returned together so that they cannot drift apart.
public struct LossResult {
  /// The scalar that training minimises. NaN if the logits of a valid pixel are not finite.
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

  /// The result of a batch that teaches nothing: value 0, gradient 0.
  public static func zero(_ input: LossInput) -> LossResult {
    LossResult(value: 0, gradient: input.compute.zeros(input.logits.shape))
  }
}

/// A training criterion on logits and labels.
///
/// Conventions, the same for every canonical loss: ignored pixels have no influence and get zero
/// gradient; a batch without a valid pixel has value 0 and gradient 0; labels are only read; the
/// result is the same bits for any number of threads.
public protocol Loss: Sendable {
  /// Value and gradient for one batch.
  func evaluate(_ input: LossInput) -> LossResult
  /// The constant weight of each class, for losses that take it from the training split; stored
  /// with the run. nil for all others.
  var constantClassWeights: [Double]? { get }
}

extension Loss {
  public var constantClassWeights: [Double]? { nil }
}
