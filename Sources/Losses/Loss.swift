import Tensors

/// A training criterion on logits and labels.
///
/// A loss implements one of two methods. Most losses look at one batch at a time and implement
/// `evaluate(_:)`. A loss that depends on earlier steps implements `initialState` and
/// `evaluate(_:state:)` instead. Either may throw; a `UserError` reaches the user as one line.
///
/// Every canonical loss keeps the same conventions: ignored pixels have no influence and get a zero
/// gradient; a batch without a valid pixel has value 0 and gradient 0; labels are only read; the
/// result is bit-identical for any number of threads. Published variants may depart from the first
/// two, and say so on their cards.
public protocol Loss: Sendable {
  /// Value and gradient of one batch; of the first step if the loss depends on earlier steps.
  func evaluate(_ input: LossInput) throws -> LossResult

  /// The state before the first step; empty if the loss does not depend on earlier steps.
  var initialState: LossState { get }

  /// Value and gradient of one training step. The loss itself never changes: its memory is a value
  /// that the trainer keeps.
  ///
  /// - Parameter state: the previous step's state, with as many values as `initialState`; it is
  ///   replaced by this step's state.
  func evaluate(_ input: LossInput, state: inout LossState) throws -> LossResult

  /// The constant weight of each class, for losses that take it from the training split; stored
  /// with the run. nil for all others.
  var constantClassWeights: [Double]? { get }
}

extension Loss {
  public var initialState: LossState { LossState() }
  public var constantClassWeights: [Double]? { nil }

  public func evaluate(_ input: LossInput, state: inout LossState) throws -> LossResult {
    try evaluate(input)
  }

  public func evaluate(_ input: LossInput) throws -> LossResult {
    var state = initialState
    // Otherwise two defaults would call each other forever. Unlike a precondition, this also
    // reports the reason in a release build.
    guard !state.values.isEmpty else {
      fatalError(
        "\(Self.self) implements neither evaluate(_:) nor initialState and evaluate(_:state:)")
    }
    return try evaluate(input, state: &state)
  }
}

/// What a loss carries from one step to the next. Checkpoints keep its bits.
public struct LossState: Hashable, Sendable {
  public var values: [Double]

  public init(_ values: [Double] = []) { self.values = values }
}
