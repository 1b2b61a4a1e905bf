import Experiments
import Files
import Metrics

extension Table {
  /// Every learning rate tried with each loss, by the validation split, and what its best one scores.
  /// - Returns: nil where the panel's runs have one learning rate only.
  static func learningRates(_ panel: Panel) -> Table? {
    let groups = LearningRates.of(panel)
    let rates = Set(groups.flatMap { $0.tried.map(\.rate) }).sorted()
    guard rates.count > 1, panel.differsInRateAlone else { return nil }
    let validation = Section(
      quantity: "validation_mean_iou", heading: "Validation mean IoU (%)", rowHeader: "loss",
      columns: rates.map { "rate \(plain($0))" },
      rows: groups.map { group in
        Row(
          label: group.loss.notation,
          cells: rates.map { rate in group.tried.first { $0.rate == rate }?.validation })
      })
    // Mean IoU first: the validation split's is beside it.
    let metrics = [.iou] + Metric.all.filter { $0 != .iou }
    let chosen = Section(
      quantity: "best_rate", heading: "With the best of these rates (%)", rowHeader: "loss",
      columns: ["validation mean IoU"]
        + metrics.map { "evaluated \(ClassMean($0).title)" },
      rows: groups.compactMap { group in
        group.best.map { best in
          Row(
            label: "\(group.loss.notation) at \(plain(best.rate))",
            cells: [best.validation]
              + metrics.map { metric in
                .percent(best.row.runs.map { metric.mean($0.confusion) })
              })
        }
      })
    let budgets = Set(groups.map { $0.tried.map { "\($0.rate) \($0.row.runs.count)" } })
    let budget =
      budgets.count == 1
      ? "Every loss was given the same \(rates.count) learning rates and, at each, the same steps and "
        + "seeds: an equal budget."
      : "Not every loss was given all of these learning rates and seeds: the budgets differ."
    let isBest = panel.settings[0].shared.training.checkpoint == .best
    return Table(
      panel, "learning-rates", "learning rates tried",
      notes: [
        budget,
        "The best rate is the one with the highest mean IoU on the validation split, of the "
          + (isBest ? "best" : "last")
          + " weights, which are also those that are evaluated; the evaluated "
          + "split takes no part in the choice"
          + (panel.settings.contains { $0.shared.data.evaluate == .validation }
            ? ", except that here it is the validation split itself." : "."),
      ],
      sections: [validation, chosen])
  }
}
