import Experiments

/// The learning rates that one loss was trained with in a panel, everything else being equal.
struct LearningRates {
  struct Trial {
    let rate: Double
    let row: GridRow
    /// Percent: each run's mean IoU on the validation split, of the weights that it evaluates.
    let validation: Statistic
  }

  let loss: LossName
  /// By rising rate.
  let tried: [Trial]

  /// By validation mean IoU, the lower rate of equal ones.
  var best: Trial? { tried.max { ($0.validation.mean, $1.rate) < ($1.validation.mean, $0.rate) } }

  static func of(_ panel: Panel) -> [LearningRates] {
    var losses: [LossName] = []
    for row in panel.rows where !losses.contains(row.loss) { losses.append(row.loss) }
    return losses.compactMap { loss in
      let trials = panel.rows.filter { $0.loss == loss }.compactMap { row -> Trial? in
        let rule = row.setting.shared.training.checkpoint
        let looks = row.runs.map { $0.history.validationMeanIoU(of: rule) }
        return Statistic.percent(looks).map {
          Trial(rate: row.setting.shared.training.learningRate, row: row, validation: $0)
        }
      }
      return trials.isEmpty
        ? nil : LearningRates(loss: loss, tried: trials.sorted { $0.rate < $1.rate })
    }
  }
}

extension Panel {
  /// Whether there are several settings, and they differ in nothing but the learning rate.
  var differsInRateAlone: Bool {
    settings.count > 1 && !settings.contains(where: \.isTuned)
      && Set(
        settings.map { setting in
          var shared = setting.shared
          shared.training.learningRate = 0
          return shared
        }
      ).count == 1
  }

  /// Each loss with its best learning rate only; nil where the settings differ in more, or no loss
  /// has a best rate.
  var withBestRates: Panel? {
    guard differsInRateAlone else { return nil }
    let best = LearningRates.of(self).compactMap(\.best?.row)
    guard !best.isEmpty else { return nil }
    // A loss without a best one stays, as it is.
    return with(
      rows: rows.filter { row in
        best.allSatisfy { $0.loss != row.loss || $0.setting == row.setting }
      })
  }
}
