import Metrics

extension Table {
  /// The expected calibration error of each loss, of the predicted class and by class.
  /// - Returns: nil where no run of the panel has counted its probabilities.
  static func calibration(_ panel: Panel) -> Table? {
    let rows = panel.rows.filter { $0.runs.contains { $0.calibration != nil } }
    guard !rows.isEmpty else { return nil }
    let columns = ["ECE", "confidence", "pixel accuracy", "classwise ECE"]
    return Table(
      panel, "calibration", "calibration",
      notes: [
        "Expected calibration error (lower is better) of the networks' softmax as trained, over the "
          + "labeled pixels of all evaluated images, in \(Reliability.bins) bins of equal width. ECE: of "
          + "the predicted class (Guo et al. 2017), beside its mean probability and how often it is "
          + "right. By class: of the probability of the class in every pixel; classwise ECE is its mean "
          + "over all classes (Kull et al. 2019). A rare class's own error is small because nearly "
          + "all pixels give it a probability near 0. Weights in a loss shift its probabilities on "
          + "purpose (docs/policy.md)."
      ],
      sections: [
        Section(
          quantity: "calibration", heading: "Calibration (%)", rowHeader: "loss",
          columns: columns + panel.classes.names,
          rows: rows.map { row in
            Row(
              label: panel.markedLabel(row),
              cells: calibrationCells(row.runs.compactMap(\.calibration), panel))
          },
          best: .lowestOfColumns([0, 3] + panel.classes.names.indices.map { $0 + columns.count }))
      ])
  }

  private static func calibrationCells(_ runs: [Calibration], _ panel: Panel) -> [Statistic?] {
    [
      .percent(runs.map(\.expectedError)), .percent(runs.map(\.confidence.meanProbability)),
      .percent(runs.map(\.confidence.frequency)), .percent(runs.map(\.classwiseError)),
    ] + panel.classes.names.indices.map { c in .percent(runs.map { $0.classes[c].error }) }
  }
}
