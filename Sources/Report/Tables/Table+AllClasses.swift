extension Table {
  /// All classes as rows and all losses as columns; then the mean over the classes, and under
  /// accuracy also the share of all pixels that are right.
  static func allClasses(_ panel: GridPanel) -> Table {
    let sections = Metric.allCases.map { metric in
      let scores = panel.rows.map { $0.runs.map { Scores($0.confusion) } }
      var rows = panel.classes.names.indices.map { id in
        Row(
          label: panel.classes.names[id],
          cells: scores.map { runs in Statistic.percent(runs.map { metric.perClass($0)[id] }) })
      }
      rows.append(
        Row(
          label: "mean \(metric == .accuracy ? "accuracy" : "IoU")",
          cells: scores.map { runs in Statistic.percent(runs.map { metric.mean($0) }) },
          isSummary: true))
      if metric == .accuracy {
        rows.append(
          Row(
            label: "pixel accuracy",
            cells: scores.map { runs in Statistic.percent(runs.map(\.pixelAccuracy)) },
            isSummary: true))
      }
      return Section(
        metric: metric.rawValue, heading: "\(metric.title) (%)", rowHeader: "class",
        columns: panel.rows.map { panel.markedLabel($0) }, rows: rows)
    }
    let minority = panel.classes.minority.map { panel.classes.names[$0] }.joined(separator: ", ")
    return Table(
      slug: "\(panel.panel.slug)-all",
      title: "\(panel.title): accuracy and IoU of all classes",
      captions: panel.captions, scaledDown: panel.scaledDown,
      notes: [
        "Minority classes: \(minority) (\(panel.classes.minorityRule)). Means are over all classes "
          + "that have a value; accuracy has none where a class does not "
          + "occur in the evaluated images, IoU where it is not predicted either."
      ] + panel.notes,
      sections: sections)
  }
}
