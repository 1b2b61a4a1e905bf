import Experiments
import Files
import Metrics

extension Table {
  /// What a search found in a panel: fixed and chosen settings side by side, and every trial.
  static func tuning(_ panel: Panel, _ input: ReportInput) -> [Table] {
    let searches = input.tuning.filter { $0.setting.panelKey == panel.key }
      .sorted { LossName(notation: $0.fixed.loss) < LossName(notation: $1.fixed.loss) }
    guard !searches.isEmpty else { return [] }
    return [tuned(panel, searches), trials(panel, searches, input)]
  }

  private static func tuned(_ panel: Panel, _ searches: [TunedLoss]) -> Table {
    // Mean IoU first: it is what was searched for.
    let metrics = [.iou] + Metric.all.filter { $0 != .iou }
    let sections = metrics.map { metric in
      Section(
        meanOf: metric, rowHeader: "loss", columns: ["fixed", "tuned", "tuned - fixed"],
        rows: searches.map { search in
          Row(
            label: label(search) + mark(search, searches, panel),
            cells: cells(metric, panel, search))
        })
    }
    return Table(
      panel, "tuned", "fixed and tuned settings",
      notes: [
        "Fixed: the sweep file's learning rate and parameters, the same for all losses. Tuned: the "
          + "trial of each loss with the highest mean IoU on the validation split. Both are means "
          + "over the seeds that they share; differences are taken seed by seed."
      ] + searchNotes(searches),
      sections: sections)
  }

  /// Every trial with its score on the validation split; the scored split took no part.
  private static func trials(
    _ panel: Panel, _ searches: [TunedLoss], _ input: ReportInput
  ) -> Table {
    let rows = searches.flatMap { search in
      search.trials.map { trial in
        let looks = input.runs(trial, of: search).map {
          $0.history.validationMeanIoU(of: $0.configuration.training.checkpoint)
        }
        return Row(
          label: text(trial) + mark(search, searches, panel)
            + (trial == search.chosen ? " (chosen)" : ""),
          cells: [Statistic.percent(looks)])
      }
    }
    return Table(
      panel, "trials", "every trial of the search",
      notes: searchNotes(searches) + [
        "Trials have \(seeds(searches[0].trialSeeds)), and otherwise the settings above. A dash: not "
          + "finished yet, or training diverged, which takes a trial out of the choice."
      ],
      sections: [
        Section(
          quantity: "validation_mean_iou", heading: "Validation mean IoU (%)", rowHeader: "trial",
          columns: ["validation mean IoU"], rows: rows)
      ])
  }

  private static func searchNotes(_ searches: [TunedLoss]) -> [String] {
    let counts = Set(searches.map(\.trials.count)).sorted()
    let number = counts.map(String.init).joined(separator: " or ")
    let isScored = searches.contains { $0.fixed.data.evaluate == .validation }
    return [
      (counts.count == 1
        ? "Every loss had \(number) trials: "
        : "The search is not finished: losses had \(number) trials so far, and will have as many: ")
        + "the same learning rates first, then its own parameters at the best of these, or, for as "
        + "many trials, learning rates around it (docs/sweeps.md).",
      isScored
        ? "Trials are judged by the validation split, which here is also the scored split: that "
          + "inflates the tuned scores."
        : "Trials are judged by the validation split, which is not scored.",
    ]
  }

  private static func seeds(_ seeds: [UInt64]) -> String {
    (seeds.count == 1 ? "seed " : "seeds ") + seeds.map(String.init).joined(separator: ", ")
  }

  private static func text(_ trial: Tuning.Trial) -> String {
    "\(trial.loss) at \(plain(trial.learningRate))"
  }

  /// `focal(gamma: 1): focal(gamma: 2) at 0.003`
  private static func label(_ search: TunedLoss) -> String {
    "\(search.fixed.loss): " + (search.chosen.map(text) ?? "not chosen yet")
  }

  /// The letter of the fixed setting, where a panel has several.
  private static func mark(
    _ search: TunedLoss, _ searches: [TunedLoss], _ panel: Panel
  ) -> String {
    Set(searches.map(\.setting)).count > 1 ? " [\(panel.letter(search.setting))]" : ""
  }

  private static func cells(_ metric: Metric, _ panel: Panel, _ search: TunedLoss) -> [Statistic?] {
    func bySeed(_ loss: String, _ setting: Setting) -> [UInt64: Double] {
      let row = panel.rows.first { $0.loss.notation == loss && $0.setting == setting }
      return (row?.runs ?? []).reduce(into: [:]) {
        $0[$1.configuration.seed] = metric.mean($1.confusion)
      }
    }
    let fixed = bySeed(search.fixed.loss, search.setting)
    guard let chosen = search.chosen else { return [.percent(fixed.values.map { $0 }), nil, nil] }
    let tuned = bySeed(chosen.loss, search.tunedSetting)
    let pairs = fixed.keys.sorted().compactMap { seed in tuned[seed].map { (fixed[seed] ?? 0, $0) }
    }
    return [
      .percent(pairs.map(\.0)), .percent(pairs.map(\.1)), .percent(pairs.map { $1 - $0 }),
    ]
  }
}
