import Foundation

/// The search for each loss's learning rate and parameters: what `tune:` in a sweep file says.
///
/// Every loss gets the same number of trials. The first ones are the same for all: every learning
/// rate of the list, with the loss's parameters as the file has them. In the further ones, the best of
/// these rates is kept and a loss's own parameters are tried; a loss with fewer variants than others,
/// or with none, tries learning rates around its best one instead.
package struct Tuning: Hashable, Sendable {
  /// A loss with its parameters, and a learning rate.
  package struct Trial: Codable, Hashable, Sendable {
    /// In normalized notation.
    package var loss: String
    package var learningRate: Double

    package init(loss: String, learningRate: Double) {
      (self.loss, self.learningRate) = (loss, learningRate)
    }
  }

  /// At least two, ascending.
  package var learningRates: [Double]
  /// Each loss with other parameters, in normalized notation, by the notation in the file.
  package var variants: [String: [String]]
  /// The seeds of every trial.
  package var seeds: [UInt64]

  /// The number of further trials of every loss: as many as the most variants of one.
  package var furtherTrials: Int { variants.values.map(\.count).max() ?? 0 }

  /// The number of trials of every loss.
  package var trials: Int { learningRates.count + furtherTrials }

  func firstTrials(of loss: String) -> [Trial] {
    learningRates.map { Trial(loss: loss, learningRate: $0) }
  }

  /// - Parameter best: the best of the learning rates.
  func furtherTrials(of loss: String, best: Double) -> [Trial] {
    let own = (variants[loss] ?? []).map { Trial(loss: $0, learningRate: best) }
    let rates = rates(around: best, count: furtherTrials - own.count)
    return own + rates.map { Trial(loss: loss, learningRate: $0) }
  }

  /// Learning rates half a step of the list above and below one of it, then a quarter of a step, and
  /// so on, in four significant digits. Steps are factors; beyond the list's ends, its last step
  /// counts.
  func rates(around best: Double, count: Int) -> [Double] {
    guard let index = learningRates.firstIndex(of: best) else { return [] }
    let factors = zip(learningRates, learningRates.dropFirst()).map { $1 / $0 }
    let above = factors[min(index, factors.count - 1)]
    let below = factors[max(index - 1, 0)]
    return (0..<count).map { place in
      let part = pow(0.5, Double(place / 2 + 1))
      let rate = place % 2 == 0 ? best * pow(above, part) : best / pow(below, part)
      return Double(String(format: "%.3e", rate)) ?? rate
    }
  }
}
