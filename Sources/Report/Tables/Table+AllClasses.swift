import Metrics

extension Table {
  /// All classes as rows and all losses as columns; then the mean over the classes, and under
  /// accuracy also the share of all pixels that are right.
  static func allClasses(_ panel: Panel) -> Table {
    let sections = Metric.all.map { metric in
      let confusions = panel.rows.map { $0.runs.map(\.confusion) }
      let scores = confusions.map { $0.map(metric.perClass) }
      var rows = panel.classes.names.indices.map { id in
        Row(
          label: panel.classes.names[id],
          cells: scores.map { runs in Statistic.percent(runs.map { $0[id] }) })
      }
      rows.append(
        Row(
          label: ClassMean(metric).title,
          cells: confusions.map { runs in Statistic.percent(runs.map(metric.mean)) },
          kind: .summary))
      if metric == .accuracy {
        rows.append(
          Row(
            label: "pixel accuracy",
            cells: confusions.map { runs in Statistic.percent(runs.map(\.pixelAccuracy)) },
            kind: .summary))
      }
      return Section(
        metric, rowHeader: "class", columns: panel.rows.map { panel.markedLabel($0) }, rows: rows,
        best: .highestOfRows)
    }
    let minority = panel.classes.minority.map { panel.classes.names[$0] }.joined(separator: ", ")
    return Table(
      panel, "all", "scores of all classes",
      notes: [
        "Minority classes: \(minority) (\(panel.classes.minorityRule)). Means are over all classes "
          + "that have a value; "
          + Metric.all.map { "\($0.title) has none where a class \($0.undefined)" }
          .joined(separator: ", ") + "."
      ],
      sections: sections)
  }
}
