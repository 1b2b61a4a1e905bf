import Tensors

/// The scores of one method on several tasks, each from several runs, and what is computed from all of
/// them together.
///
/// Agarwal, Schwarzer, Castro, Courville, Bellemare: "Deep Reinforcement Learning at the Edge of the
/// Statistical Precipice", NeurIPS 2021 (rliable).
package struct TaskScores: Hashable, Sendable {
  /// [tasks][runs]; tasks may differ in their number of runs.
  package let scores: [[Double]]

  /// Traps if a task has no run.
  package init(_ scores: [[Double]]) {
    precondition(scores.allSatisfy { !$0.isEmpty })
    self.scores = scores
  }

  private var all: [Double] { scores.flatMap(\.self) }

  /// The mean of the middle half of all runs of all tasks: as in SciPy's `trim_mean`, floor(n / 4) of
  /// the n runs are left out at either end. Traps if there is no run.
  package var interquartileMean: Double {
    let sorted = all.sorted()
    let middle = sorted.dropFirst(sorted.count / 4).dropLast(sorted.count / 4)
    return middle.reduce(0, +) / Double(middle.count)
  }

  /// The performance profile at `score`: the share of all runs of all tasks that are above it.
  package func share(above score: Double) -> Double {
    Double(all.count { $0 > score }) / Double(all.count)
  }

  /// The mean over tasks of the probability that a run of this method scores above one of `other`,
  /// ties counting half (Mann and Whitney's U, divided by the number of pairs of runs). Traps if the
  /// two differ in their number of tasks.
  package func probabilityOfImprovement(over other: TaskScores) -> Double {
    precondition(scores.count == other.scores.count)
    let ofTasks = zip(scores, other.scores).map { ours, theirs in
      let wins = ours.reduce(0) { sum, a in
        theirs.reduce(sum) { $0 + (a > $1 ? 1 : a == $1 ? 0.5 : 0) }
      }
      return wins / Double(ours.count * theirs.count)
    }
    return ofTasks.reduce(0, +) / Double(ofTasks.count)
  }

  /// As many runs of each task, drawn from it with replacement.
  private func resampled(_ random: inout RandomSource) -> TaskScores {
    var draw: [[Double]] = []
    for runs in scores {
      var drawn: [Double] = []
      for _ in runs { drawn.append(runs[random.below(runs.count)]) }
      draw.append(drawn)
    }
    return TaskScores(draw)
  }

  /// The 95 % percentile interval of `quantity` by the stratified bootstrap: the runs of each method
  /// and task are drawn with replacement, the tasks stay.
  ///
  /// The interval is about the runs that other seeds would have given; a bootstrap of n runs finds
  /// (n - 1) / n of their variance, so that it is too narrow for few runs.
  ///
  /// - Parameter methods: what `quantity` takes, each drawn on its own.
  /// - Returns: nil if a task has a single run of a method, of which nothing is known.
  package static func interval(
    _ methods: [TaskScores], replicates: Int = 2000, quantity: ([TaskScores]) -> Double
  ) -> ClosedRange<Double>? {
    guard methods.allSatisfy({ $0.scores.allSatisfy { $0.count > 1 } }) else { return nil }
    let drawn = (0..<replicates).map { replicate in
      var random = RandomSource(
        seed: UInt64(methods.count), purpose: "stratified bootstrap", counter: UInt64(replicate))
      var draws: [TaskScores] = []
      for method in methods { draws.append(method.resampled(&random)) }
      return quantity(draws)
    }.sorted()
    return percentile(2.5, of: drawn)...percentile(97.5, of: drawn)
  }
}

/// With linear interpolation, as NumPy's `percentile`. Traps if there is no value.
/// - Parameter sorted: ascending.
func percentile(_ percent: Double, of sorted: [Double]) -> Double {
  let place = percent / 100 * Double(sorted.count - 1)
  let below = Int(place)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
