import Models

/// An estimate of a sweep's remaining time, from what was measured so far.
///
/// A training's work is counted in pixels. Speed is measured per backbone; the speed of a backbone not
/// measured yet is scaled from a measured one by the ratio of their `relativeCost`. To training comes
/// what runs took from their last step to their end, once that is known.
package struct TimeEstimate: Sendable {
  /// Pixels trained and the seconds this took.
  private var trained = Measured()
  /// Runs of these pixels per evaluation, and the seconds from the last step to their end.
  private var evaluated = Measured()

  private struct Measured {
    private var sums: [Backbone: (amount: Double, seconds: Double)] = [:]

    mutating func add(_ backbone: Backbone, _ amount: Double, _ seconds: Double) {
      let old = sums[backbone] ?? (0, 0)
      sums[backbone] = (old.amount + amount, old.seconds + seconds)
    }

    /// Nil before anything has been measured.
    func seconds(_ backbone: Backbone) -> Double? {
      if let (amount, seconds) = sums[backbone], amount > 0 { return seconds / amount }
      for other in Backbone.allCases {
        guard let (amount, seconds) = sums[other], amount > 0 else { continue }
        return seconds / amount * backbone.relativeCost / other.relativeCost
      }
      return nil
    }
  }

  package init() {}

  /// Records iterations of a run and the time that they took.
  package mutating func add(_ run: RunConfiguration, iterations: Int, seconds: Double) {
    trained.add(run.backbone, run.pixels(iterations), seconds)
  }

  /// Records the time that a run took from its last step to its end.
  package mutating func add(_ run: RunConfiguration, evaluationSeconds: Double) {
    evaluated.add(run.backbone, 1, evaluationSeconds)
  }

  /// The time that a run takes from `iteration` on, evaluation included; nil before anything has been
  /// measured.
  package func seconds(of run: RunConfiguration, from iteration: Int = 0) -> Double? {
    guard let each = trained.seconds(run.backbone) else { return nil }
    return run.pixels(run.training.iterations - iteration) * each + evaluationSeconds(of: run)
  }

  /// Zero before anything has been measured.
  package func evaluationSeconds(of run: RunConfiguration) -> Double {
    evaluated.seconds(run.backbone) ?? 0
  }

  /// The time until all runs are done.
  /// - Parameters:
  ///   - running: the seconds left of each run in progress.
  ///   - waiting: the seconds that each further run takes, in their order.
  package static func total(running: [Double], waiting: [Double], jobs: Int) -> Double {
    let free = max(0, jobs - running.count)
    var ends = running + [Double](repeating: 0, count: free)
    for run in waiting {
      // A run starts where another one ends first.
      guard let first = ends.indices.min(by: { ends[$0] < ends[$1] }) else { break }
      ends[first] += run
    }
    return ends.max() ?? 0
  }
}

extension RunConfiguration {
  fileprivate func pixels(_ iterations: Int) -> Double {
    Double(iterations) * Double(training.batch) * Double(data.height) * Double(data.width)
  }
}
