import Models

/// An estimate of a sweep's remaining time, from the speed measured so far.
///
/// Work is counted in training pixels. Speed is measured per backbone; the speed of a backbone not
/// measured yet is scaled from a measured one by the ratio of their `relativeCost`.
package struct TimeEstimate: Sendable {
  /// Pixels trained and the seconds this took, one run at a time.
  private var measured: [Backbone: (pixels: Double, seconds: Double)] = [:]
  /// Training pixels left in runs not started or not finished, by backbone.
  private var remaining: [Backbone: Double] = [:]
  private let jobs: Int

  package init(runs: [RunConfiguration], jobs: Int) {
    self.jobs = max(1, jobs)
    for run in runs { remaining[run.backbone, default: 0] += run.pixels(run.iterations) }
  }

  /// - Parameters:
  ///   - iterations: iterations done since the last call for this run.
  ///   - seconds: the time they took; 0 if not measured, as for iterations before a restart.
  package mutating func add(
    _ run: RunConfiguration, iterations: Int, seconds: Double
  ) {
    let pixels = run.pixels(iterations)
    remaining[run.backbone, default: 0] -= pixels
    if seconds > 0 {
      let old = measured[run.backbone] ?? (0, 0)
      measured[run.backbone] = (old.pixels + pixels, old.seconds + seconds)
    }
  }

  /// The remaining time; nil before anything has been measured.
  package var seconds: Double? {
    var total = 0.0
    for (backbone, pixels) in remaining where pixels > 0 {
      guard let each = secondsPerPixel(backbone) else { return nil }
      total += pixels * each
    }
    return total / Double(jobs)
  }

  private func secondsPerPixel(_ backbone: Backbone) -> Double? {
    if let (pixels, seconds) = measured[backbone], pixels > 0 { return seconds / pixels }
    for other in Backbone.allCases {
      guard let (pixels, seconds) = measured[other], pixels > 0 else { continue }
      return seconds / pixels * backbone.relativeCost / other.relativeCost
    }
    return nil
  }
}

extension RunConfiguration {
  fileprivate var iterations: Int { training.iterations }

  fileprivate func pixels(_ iterations: Int) -> Double {
    Double(iterations) * Double(training.batch) * Double(data.height) * Double(data.width)
  }
}
