import Metrics

extension Table {
  /// The measures of the paper's Table I, of every loss: means over the classes.
  static func overlap(_ panel: GridPanel) -> Table {
    let measures: [(name: String, of: (ClassOutcomes) -> Double?)] = [
      ("recall", \.recall), ("precision", \.precision), ("Dice", \.dice), ("Jaccard", \.jaccard),
      ("Tversky (0.3, 0.7)", { $0.tversky(alpha: 0.3, beta: 0.7) }),
    ]
    let rows = panel.rows.map { row in
      Row(
        label: panel.markedLabel(row),
        cells: measures.map { measure in
          Statistic.percent(
            row.runs.map { run in
              ConfusionMatrix.mean(
                (0..<run.confusion.classes).map {
                  run.confusion.outcomes(of: $0).flatMap(measure.of)
                })
            })
        })
    }
    return Table(
      slug: "\(panel.panel.slug)-overlap",
      title: "\(panel.title): the measures of the paper's Table I",
      captions: panel.captions, scaledDown: panel.scaledDown,
      notes: [
        "Means over the classes for which a measure is defined. Recall is the mean accuracy, Jaccard the "
          + "mean IoU. Tversky weighs false positives by 0.3 and false negatives by 0.7."
      ] + panel.notes,
      sections: [
        Section(
          metric: "overlap", heading: "Mean over classes (%)", rowHeader: "loss",
          columns: measures.map(\.name), rows: rows)
      ])
  }
}
