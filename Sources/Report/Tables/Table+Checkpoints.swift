import Experiments
import Metrics

extension Table {
  /// What the best weights by validation mean IoU and the last ones score, side by side.
  /// - Returns: nil where no run of the panel looked at the validation split.
  static func checkpoints(_ panel: Panel) -> Table? {
    let rows = panel.rows.filter { $0.runs.contains { $0.checkpoints != nil } }
    guard !rows.isEmpty else { return nil }
    func section(
      _ metric: Metric, _ value: (CheckpointScores.Score) -> Double?
    ) -> Section {
      Section(
        meanOf: metric, rowHeader: "loss",
        columns: ["best by validation", "last", "best - last", "best at iteration"],
        rows: rows.map { row in
          let scores = row.runs.compactMap(\.checkpoints)
          let differences = scores.map { scores -> Double? in
            guard let best = value(scores.best), let last = value(scores.last) else { return nil }
            return best - last
          }
          return Row(
            label: panel.markedLabel(row),
            cells: [
              .percent(scores.map { value($0.best) }), .percent(scores.map { value($0.last) }),
              .percent(differences), Statistic(scores.map { Double($0.best.iteration) }),
            ])
        }, best: .highestOfColumns([0, 1]))
    }
    return Table(
      panel, "checkpoints", "best and last weights",
      notes: panel.settings.filter { $0.shared.training.validateEvery != nil }
        .map { checkpointNote($0, panel) } + gaps(rows, panel) + orders(rows, panel),
      sections: [
        section(.accuracy) { $0.meanAccuracy },
        section(.iou) { $0.meanIoU },
      ])
  }

  /// How the choice changes the order of the losses, in each setting.
  private static func orders(_ rows: [GridRow], _ panel: Panel) -> [String] {
    panel.settings.flatMap { setting in
      let letter = panel.letter(setting)
      let own = rows.filter { $0.setting == setting }
      return CheckpointSelection(own.map { ($0.loss, $0.runs) }).notes.map {
        (letter.isEmpty ? "" : "[\(letter)] ") + $0
      }
    }
  }

  private static func gaps(_ rows: [GridRow], _ panel: Panel) -> [String] {
    let partial = rows.filter { row in row.runs.contains { $0.checkpoints == nil } }
    return partial.isEmpty
      ? []
      : [
        "Without seeds whose runs do not have both: "
          + partial.map { panel.label($0) }.joined(separator: ", ") + "."
      ]
  }

  private static func checkpointNote(_ setting: Setting, _ panel: Panel) -> String {
    let (data, training) = (setting.shared.data, setting.shared.training)
    let letter = panel.letter(setting)
    let looks = "once every \(training.validateEvery ?? 0) iterations"
    return (letter.isEmpty ? "" : "[\(letter)] ")
      + "Best: the weights with the highest mean IoU on the validation split, which was evaluated "
      + "\(looks); last: those after the final iteration. Both are scored on the "
      + "\(data.evaluate.rawValue) split"
      + (data.evaluate == .validation
        ? ", which here also chooses the best: that inflates their scores, as in the paper." : ".")
      + " The paper reports the best. All other tables and figures here are of the "
      + (training.checkpoint == .best ? "best." : "last, which need no choice.")
  }
}
