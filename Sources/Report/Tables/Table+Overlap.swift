import Metrics

extension Table {
  /// The measures of the paper's Table I, of every loss: means over the classes.
  static func overlap(_ panel: Panel) -> Table {
    let ofTableOne: [(name: String, metric: Metric)] = [
      ("recall", .accuracy), ("precision", .precision), ("Dice", .dice), ("Jaccard", .iou),
      ("Tversky (0.3, 0.7)", .tversky(alpha: 0.3, beta: 0.7)),
    ]
    let further = Metric.all.filter { metric in !ofTableOne.contains { $0.metric == metric } }
    let measures = ofTableOne + further.map { ($0.title, $0) }
    let rows = panel.rows.map { row in
      Row(
        label: panel.markedLabel(row),
        cells: measures.map { measure in
          Statistic.percent(row.runs.map { measure.metric.mean($0.confusion) })
        })
    }
    return Table(
      panel, "overlap", "the measures of the paper's Table I",
      notes: [
        "Means over the classes for which a measure is defined. Recall is the mean accuracy, Jaccard the "
          + "mean IoU. Tversky weighs false positives by 0.3 and false negatives by 0.7."
      ],
      sections: [
        Section(
          quantity: "overlap", heading: "Mean over classes (%)", rowHeader: "loss",
          columns: measures.map(\.name), rows: rows, best: .highestOfColumns())
      ])
  }
}
