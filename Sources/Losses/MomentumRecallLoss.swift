import Tensors

/// Recall loss whose weights remember earlier steps (the second version in the authors' repository,
/// there with m = 0.5): sum over the valid pixels of w_y ce, divided by the sum of their weights,
/// with w_t = (1 - m) (1 - R_t) + m w_{t-1} for each class and w_0 = 1: before training, no pixel
/// is recalled.
///
/// Gradient: w_y (p_j - [j = y]) / sum w_y; no gradient flows through the weights. 1 - R_c of a
/// batch without the class is undefined: the class keeps its weight. Reports w_t of the classes
/// present.
package struct MomentumRecallLoss: Loss {
  /// m in (0, 1).
  package let momentum: Double
  package let classes: Int
  /// As in the authors' code, FN_c and N_c are counted from one: 1 - R_c is
  /// max(FN_c, 1) / max(N_c, 1), also of classes absent from the batch.
  let countsFromOne: Bool

  package init(momentum: Double, classes: Int) {
    self.init(momentum: momentum, classes: classes, countsFromOne: false)
  }

  init(momentum: Double, classes: Int, countsFromOne: Bool) {
    precondition(momentum > 0 && momentum < 1, "recall loss with momentum \(momentum)")
    (self.momentum, self.classes, self.countsFromOne) = (momentum, classes, countsFromOne)
  }

  /// w_0, one per class.
  package var initialState: LossState { LossState([Double](repeating: 1, count: classes)) }

  package func evaluate(_ input: LossInput, state: inout LossState) -> LossResult {
    precondition(state.values.count == input.classes, "a state of another number of classes")
    let missed = missedPixels(input.batch)
    for c in 0..<input.classes where countsFromOne || input.classPixels[c] > 0 {
      let missRate =
        countsFromOne
        ? Double(max(missed[c], 1)) / Double(max(input.classPixels[c], 1))
        : Double(missed[c]) / Double(input.classPixels[c])
      state.values[c] = (1 - momentum) * missRate + momentum * state.values[c]
    }
    var result = weightedMeanCrossEntropy(input, weights: state.values)
    result.classWeights = zip(state.values, input.classPixels).map { $1 > 0 ? $0 : .nan }
    return result
  }
}
