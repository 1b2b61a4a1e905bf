import Files
import Foundation

/// The search for one loss on one data set and network, as `sweep.json` stores it.
package struct TunedLoss: Codable, Hashable, Sendable {
  /// The loss with the file's parameters and learning rate, with the seed 0.
  package var fixed: RunConfiguration
  /// In order; the further ones follow when the best of the first is known.
  package var trials: [Tuning.Trial]
  package var trialSeeds: [UInt64]
  /// The trial with the highest mean IoU on the validation split; nil before all are finished.
  package var chosen: Tuning.Trial?
  /// The seeds that the fixed and the chosen setting are compared with.
  package var seeds: [UInt64]

  package init(
    fixed: RunConfiguration, trials: [Tuning.Trial], trialSeeds: [UInt64],
    chosen: Tuning.Trial? = nil, seeds: [UInt64]
  ) {
    (self.fixed, self.trials, self.trialSeeds) = (fixed, trials, trialSeeds)
    (self.chosen, self.seeds) = (chosen, seeds)
  }

  /// A trial's configuration.
  package func configuration(_ trial: Tuning.Trial, seed: UInt64 = 0) -> RunConfiguration {
    var configuration = fixed
    configuration.loss = trial.loss
    configuration.training.learningRate = trial.learningRate
    configuration.seed = seed
    return configuration
  }

  var trialRuns: [RunConfiguration] {
    trials.flatMap { trial in trialSeeds.map { configuration(trial, seed: $0) } }
  }

  /// The runs that are compared: those of the file, then those of the chosen setting.
  var comparedRuns: [RunConfiguration] {
    let settings = [fixed] + (chosen.map { [configuration($0)] } ?? [])
    return settings.flatMap { setting in
      seeds.map { seed in
        var run = setting
        run.seed = seed
        return run
      }
    }
  }

  /// The first of the trials with the highest score.
  /// - Parameter score: nil for a trial that takes no part, because training diverged.
  package static func best(
    _ trials: [Tuning.Trial], score: (Tuning.Trial) -> Double?
  ) -> Tuning.Trial? {
    let scored = trials.compactMap { trial in score(trial).map { (trial, $0) } }
    return scored.max { $0.1 < $1.1 }.flatMap { best in scored.first { $0.1 == best.1 }?.0 }
  }
}

extension Sequence<HistoryEntry> {
  /// The mean IoU on the validation split, as a fraction, of the weights that a run evaluates; nil if
  /// the run was not validated during training.
  package func validationMeanIoU(of rule: CheckpointRule) -> Double? {
    let looks = compactMap(\.validationMeanIoU)
    return rule == .best ? looks.max() : looks.last
  }
}

/// What is known of the trials of a sweep.
struct TrialResults {
  private let scores: [RunConfiguration: Double]
  /// Runs whose training diverged, which training again would not change.
  let diverged: Set<RunConfiguration>

  init(_ folder: SweepFolder) throws {
    let records = folder.holdsRuns ? try folder.loadReadable().records : []
    scores = records.reduce(into: [:]) { scores, record in
      let configuration = record.configuration
      scores[configuration] =
        record.history.validationMeanIoU(of: configuration.training.checkpoint) ?? 0
    }
    let failed = folder.holdsRuns ? try folder.loadUnfinished() : []
    diverged = Set(
      failed.filter { $0.failure?.contains(RunFolder.divergence) == true }.map(\.configuration))
  }

  /// Whether every run has a result, if only that it diverged.
  func has(_ runs: [RunConfiguration]) -> Bool {
    runs.allSatisfy { scores[$0] != nil || diverged.contains($0) }
  }

  /// The mean over the runs; nil if one diverged or is not finished.
  func score(_ runs: [RunConfiguration]) -> Double? {
    let values = runs.compactMap { scores[$0] }
    return values.count == runs.count ? values.reduce(0, +) / Double(values.count) : nil
  }
}

extension RunFolder {
  /// How the reason of a run begins whose loss was not finite.
  static let divergence = "training diverged"
}
