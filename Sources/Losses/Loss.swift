import Synchronization
import Tensors

/// What a loss is given for one optimisation step.
public struct LossInput {
  /// Scores before the softmax, [N, H, W, C].
  public let logits: Tensor
  /// The softmax of `logits` over the channels, [N, H, W, C]; computed when it is first asked for,
  /// then shared by all losses. Those of the registry need it not: they make it anew, eight pixels
  /// at a time, which is faster than to write and to read it.
  public var probabilities: Tensor { lazyProbabilities.value(logits, compute) }
  /// Class ids, N x H x W; `LabelMap.ignored` takes no part.
  public let labels: LabelMap
  /// Threads and reusable memory.
  public let compute: Compute
  /// Pixels of each class in the batch, `classes` entries.
  public let classPixels: [Int]
  private let lazyProbabilities = LazySoftmax()

  public var classes: Int { logits.shape.c }
  /// Pixels that are not ignored.
  public var validPixels: Int { classPixels.reduce(0, +) }

  /// Traps if the labels' extent is not that of the logits, if there is no
  /// class or more than 255, or if a label is neither `LabelMap.ignored` nor below the number of
  /// classes: whoever reads labels from files has to map them first.
  public init(logits: Tensor, labels: LabelMap, compute: Compute) {
    let shape = logits.shape
    precondition(
      labels.n == shape.n && labels.h == shape.h && labels.w == shape.w,
      "labels and logits differ in extent")
    precondition((1...Int(LabelMap.ignored)).contains(shape.c), "\(shape.c) classes")
    let counts = labels.histogram(classes: Int(LabelMap.ignored), compute)
    precondition(
      counts[shape.c...].allSatisfy { $0 == 0 }, "a label is not below \(shape.c) classes")
    self.logits = logits
    self.labels = labels
    self.compute = compute
    classPixels = Array(counts[..<shape.c])
  }
}

/// A softmax that is computed at most once, whichever thread asks first.
private final class LazySoftmax: Sendable {
  private let tensor = Mutex<Tensor?>(nil)

  func value(_ logits: Tensor, _ compute: Compute) -> Tensor {
    tensor.withLock { tensor in
      let value = tensor ?? softmax(logits, compute)
      tensor = value
      return value
    }
  }
}

/// A loss's value and its gradient, returned together so that they cannot drift apart.
public struct LossResult {
  /// The scalar that training minimises. Not finite if a valid pixel has a logit that is NaN or +inf,
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

  /// The result of a batch that teaches nothing: value 0, gradient 0.
  public static func zero(_ input: LossInput) -> LossResult {
    LossResult(value: 0, gradient: input.compute.zeros(input.logits.shape))
  }
}

/// A training criterion on logits and labels.
///
/// Conventions, the same for every canonical loss: ignored pixels have no influence and get zero
/// gradient; a batch without a valid pixel has value 0 and gradient 0; labels are only read; the
/// result is the same bits for any number of threads. Published variants may depart from the first
/// two, and say so on their cards.
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

/// What a loss carries from one step to the next. Checkpoints keep its bits.
public struct LossState: Hashable, Sendable {
  public var values: [Double]

  public init(_ values: [Double] = []) { self.values = values }
}

/// A loss that depends on earlier steps. The loss itself never changes: its memory is a value that
/// the trainer hands in and keeps.
public protocol StatefulLoss: Loss {
  /// Before the first step.
  var initialState: LossState { get }
  /// Value and gradient for one batch.
  /// - Parameter state: of the step before, with as many values as `initialState`; replaced by that
  ///   of this step.
  func evaluate(_ input: LossInput, state: inout LossState) -> LossResult
}

extension StatefulLoss {
  /// Value and gradient of a first step.
  public func evaluate(_ input: LossInput) -> LossResult {
    var state = initialState
    return evaluate(input, state: &state)
  }
}

extension Loss {
  /// The state before the first step; empty for a loss without memory.
  package var startState: LossState { (self as? any StatefulLoss)?.initialState ?? LossState() }

  /// Value and gradient of a step, with the state of the step before if the loss has any.
  package func step(_ input: LossInput, _ state: inout LossState) -> LossResult {
    if let loss = self as? any StatefulLoss { return loss.evaluate(input, state: &state) }
    return evaluate(input)
  }
}
