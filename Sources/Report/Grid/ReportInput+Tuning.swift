import Experiments
import Files

/// In a sweep with a search, one more setting than the file's has each loss with the learning rate and
/// parameters that were chosen for it. Its learning rate is written as 0.
extension RunConfiguration {
  fileprivate var withChosenRate: RunConfiguration {
    var configuration = self
    configuration.training.learningRate = 0
    return configuration
  }

  fileprivate var withoutSeed: RunConfiguration {
    var configuration = self
    configuration.seed = 0
    return configuration
  }
}

extension Setting {
  /// Whether each loss has a learning rate and parameters chosen for it.
  var isTuned: Bool { shared.training.learningRate == 0 }

  /// The learning rate for readers.
  var learningRateText: String {
    isTuned
      ? "with the learning rate and the parameters chosen for each loss by the validation split"
      : plain(shared.training.learningRate)
  }
}

extension TunedLoss {
  var setting: Setting { Setting(fixed) }

  /// The setting in which the chosen runs are shown.
  var tunedSetting: Setting { Setting(fixed.withChosenRate) }

  /// The configuration chosen, with the seed 0.
  var chosenConfiguration: RunConfiguration? { chosen.map { configuration($0) } }
}

extension ReportInput {
  /// The input of the tables that compare losses: of a search, the runs of the file's setting and
  /// those of the chosen ones, but not the trials, which have a table of their own.
  var compared: ReportInput {
    if tuning.isEmpty { return self }
    var input = self
    input.runs = runs.flatMap { run in
      settings(of: run.configuration).map { configuration in
        var run = run
        run.configuration = configuration
        return run
      }
    }
    input.failed = failed.flatMap { run in
      settings(of: run.configuration).map { FailedRun(configuration: $0, reason: run.reason) }
    }
    input.planned = planned.flatMap(settings)
    return input
  }

  /// A run's configuration in the setting of the file, in the chosen one, in both or in none; runs of
  /// panels without a search stay as they are.
  private func settings(of run: RunConfiguration) -> [RunConfiguration] {
    let panel = Setting(run).panelKey
    let searches = tuning.filter { $0.setting.panelKey == panel }
    guard !searches.isEmpty else { return [run] }
    let own = searches.filter { $0.seeds.contains(run.seed) }
    let key = run.withoutSeed
    return (own.contains { $0.fixed == key } ? [run] : [])
      + (own.contains { $0.chosenConfiguration == key } ? [run.withChosenRate] : [])
  }

  /// The records whose predictions are shown, with the names of tables: of a search, those of the
  /// file's setting.
  package func pictured(_ records: [RunRecord]) -> [RunRecord] {
    records.filter { settings(of: $0.configuration).contains($0.configuration) }.map { record in
      var record = record
      record.configuration.loss = displayedLoss(of: record.configuration)
      return record
    }
  }

  /// The runs of a trial.
  func runs(_ trial: Tuning.Trial, of search: TunedLoss) -> [ReportedRun] {
    let wanted = search.trialSeeds.map { search.configuration(trial, seed: $0) }
    return runs.filter { wanted.contains($0.configuration) }
  }
}
