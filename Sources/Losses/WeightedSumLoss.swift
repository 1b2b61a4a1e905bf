import Files

/// sum_k a_k L_k: the value and the gradient are the weighted sums of the terms', each evaluated on
/// the same batch with its own state.
///
/// Class weights, constant or per step, are those of the first term that has any: a sum has no
/// single weight per class.
package struct WeightedSumLoss: Loss {
  let terms: [(weight: Double, loss: any Loss, state: LossState)]

  /// - Parameter terms: at least one, weights finite and above 0.
  package init(_ terms: [(weight: Double, loss: any Loss)]) {
    precondition(!terms.isEmpty, "a sum of no losses")
    self.terms = terms.map { ($0.weight, $0.loss, $0.loss.initialState) }
  }

  /// The terms' states, concatenated.
  package var initialState: LossState { LossState(terms.flatMap(\.state.values)) }

  package var constantClassWeights: [Double]? {
    terms.lazy.compactMap(\.loss.constantClassWeights).first
  }

  /// Implemented even when no term has a state.
  package func evaluate(_ input: LossInput) throws -> LossResult {
    var state = initialState
    return try evaluate(input, state: &state)
  }

  package func evaluate(_ input: LossInput, state: inout LossState) throws -> LossResult {
    precondition(state.values.count == initialState.values.count, "a state of another loss")
    var results: [LossResult] = []
    var start = 0
    for (_, loss, initial) in terms {
      let range = start..<start + initial.values.count
      start = range.upperBound
      var own = LossState(Array(state.values[range]))
      results.append(try loss.evaluate(input, state: &own))
      state.values.replaceSubrange(range, with: own.values)
    }
    for result in results {
      guard result.gradient.shape == input.logits.shape else {
        throw UserError(
          "a term's gradient has the shape \(result.gradient.shape), the logits "
            + "\(input.logits.shape)")
      }
    }
    var sum = results[0]
    sum.scale(value: terms[0].weight, gradient: terms[0].weight, input.compute)
    for (term, result) in zip(terms, results).dropFirst() {
      sum.add(result, times: term.weight, input.compute)
    }
    sum.classWeights = results.lazy.compactMap(\.classWeights).first
    return sum
  }
}
