import Files
import Foundation

/// Runs the searches of a sweep in its output folder: every loss's trials, then what is compared, each
/// a run like any other. Running an interrupted search again resumes it.
package struct TuningExecution: Sendable {
  /// The sweep of the runs to compare.
  package var session: SweepExecution
  private let tuning: Tuning

  /// - Throws: `UserError` if the sweep file has no `tune` section.
  package init(_ session: SweepExecution) throws(UserError) {
    guard let tuning = session.sweep.tuning else {
      throw UserError(
        path: session.sweep.file,
        problem: "has no 'tune' section; docs/sweeps.md says what it holds, or use sweep")
    }
    (self.session, self.tuning) = (session, tuning)
  }

  /// The number of trials of every loss.
  package var trials: Int { tuning.trials }

  private var folder: SweepFolder { SweepFolder(session.output) }

  /// The searches as far as results decide them, in the order of the sweep's runs.
  package func searches() throws -> [TunedLoss] {
    let results = try TrialResults(folder)
    var fixed: [RunConfiguration] = []
    for var run in session.sweep.runs {
      run.seed = 0
      if !fixed.contains(run) { fixed.append(run) }
    }
    return fixed.map { search($0, results) }
  }

  private func search(_ fixed: RunConfiguration, _ results: TrialResults) -> TunedLoss {
    var search = TunedLoss(
      fixed: fixed, trials: tuning.firstTrials(of: fixed.loss), trialSeeds: tuning.seeds,
      seeds: session.sweep.seeds)
    guard let first = best(search, results) else { return search }
    search.trials += tuning.furtherTrials(of: fixed.loss, best: first.learningRate)
    search.chosen = best(search, results)
    return search
  }

  /// The best trial; nil before all are finished, or if all diverged.
  private func best(_ search: TunedLoss, _ results: TrialResults) -> Tuning.Trial? {
    guard results.has(search.trialRuns) else { return nil }
    return TunedLoss.best(search.trials) { trial in
      results.score(search.trialSeeds.map { search.configuration(trial, seed: $0) })
    }
  }

  /// All runs that are known so far: trials, then those to compare.
  package func runs() throws -> [RunConfiguration] {
    let searches = try searches()
    return (searches.flatMap(\.trialRuns) + searches.flatMap(\.comparedRuns)).unique
  }

  /// Trains trials until every search has chosen, then the runs to compare.
  ///
  /// - Throws: `UserError` if the sweep cannot start, or no trial of a loss could be trained; errors
  ///   of single runs are in the outcome.
  package func run(isInterrupted: @escaping @Sendable () -> Bool) throws -> RunQueue.Outcome {
    var outcome = RunQueue.Outcome()
    for _ in 1...2 {
      let searches = try searches()
      outcome.add(try train(searches.flatMap(\.trialRuns), of: searches, isInterrupted))
      outcome.failures.removeAll { $0.reason.contains(RunFolder.divergence) }
      if outcome.isInterrupted || !outcome.failures.isEmpty { return outcome }
    }
    let searches = try searches()
    if let stuck = searches.first(where: { $0.chosen == nil }) {
      throw UserError(
        path: session.output.relativePath,
        problem: "every trial of \(stuck.fixed.label) diverged; list lower rates in "
          + "tune.learning_rate")
    }
    outcome.add(try train(try runs(), of: searches, isInterrupted))
    return outcome
  }

  /// - Parameter runs: each stage's include those of the one before.
  private func train(
    _ runs: [RunConfiguration], of searches: [TunedLoss],
    _ isInterrupted: @escaping @Sendable () -> Bool
  ) throws -> RunQueue.Outcome {
    let diverged = try TrialResults(folder).diverged
    var session = session
    session.runs = runs.unique.filter { !diverged.contains($0) }
    session.tuning = searches
    return try session.run(isInterrupted: isInterrupted)
  }
}

extension RunQueue.Outcome {
  /// Adds the outcome of the next stage, which skips the runs of this one.
  fileprivate mutating func add(_ other: RunQueue.Outcome) {
    skipped = other.skipped - finished - elsewhere
    finished += other.finished
    elsewhere += other.elsewhere
    left += other.left
    failures += other.failures
    isInterrupted = isInterrupted || other.isInterrupted
  }
}
