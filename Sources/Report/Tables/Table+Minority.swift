import Metrics

extension Table {
  /// The paper's form (Tables II and III): a metric after the other, of the minority classes and their
  /// average, with the paper's own numbers under the loss that they belong to.
  /// - Parameter comparisons: of the panel, for the differences of the averages from cross-entropy.
  static func minority(_ panel: Panel, _ comparisons: [PanelComparisons]) -> Table {
    minority(
      panel, comparisons, .corrected, Metric.all, name: "minority",
      subject: minoritySubject(panel))
  }

  /// What the minority table of a panel is called: the paper's number for it where the paper has one.
  static func minoritySubject(_ panel: Panel) -> String {
    let published = PublishedTable.of(panel.key)
    return "scores of the minority classes"
      + (published.map { " (the paper's Table \($0.number))" } ?? "")
  }

  /// The same with the paper's headings taken as they are printed, of its metrics.
  /// - Returns: nil where the paper's table has no misprint.
  static func minorityAsPrinted(_ panel: Panel) -> Table? {
    guard let published = PublishedTable.of(panel.key), !published.misprinted.isEmpty else {
      return nil
    }
    return minority(
      panel, [], .asPrinted, Metric.ofPaper, name: "minority-as-printed",
      subject: "the paper's Table \(published.number) with its headings as printed")
  }

  private static func minority(
    _ panel: Panel, _ comparisons: [PanelComparisons], _ reading: PublishedTable.Reading,
    _ metrics: [Metric], name: String, subject: String
  ) -> Table {
    let minority = MinorityClasses(panel.dataset, panel.classes, reading)
    let published = PublishedTable.of(panel.key)
    let sections = metrics.map { metric in
      let mean = minority.mean(metric)
      var rows = rows(panel, metric, minority, published, reading)
      for (label, difference) in differences(panel, comparisons, mean) {
        if let index = rows.firstIndex(where: { $0.kind == .ours && $0.label == label }) {
          rows[index].difference = difference
        }
      }
      return Section(
        metric, rowHeader: "loss",
        columns: minority.listed.map { panel.classes.names[$0] } + ["average"], rows: rows,
        lead: minority.listed.count, best: .highestOfColumns())
    }
    return Table(
      panel, name, subject, notes: [minority.statement] + publishedNotes(published, reading),
      sections: sections)
  }

  /// The differences of a score from cross-entropy, by the labels of the rows.
  private static func differences(
    _ panel: Panel, _ comparisons: [PanelComparisons], _ score: ClassMean
  ) -> [(label: String, difference: PairedDifference)] {
    comparisons.flatMap { comparisons -> [(label: String, difference: PairedDifference)] in
      guard let reference = comparisons.loss("ce") else { return [] }
      let others = comparisons.losses.filter { $0 != reference }
      let found = comparisons.differences(others, from: reference, score)
      return zip(others, found).compactMap { loss, difference in
        let row = GridRow(loss: loss, setting: comparisons.setting)
        return difference.map { (panel.markedLabel(row), $0) }
      }
    }
  }

  private static func rows(
    _ panel: Panel, _ metric: Metric, _ minority: MinorityClasses, _ published: PublishedTable?,
    _ reading: PublishedTable.Reading
  ) -> [Row] {
    var shown: Set<String> = []
    return panel.rows.flatMap { row -> [Row] in
      var rows = [
        Row(label: panel.markedLabel(row), cells: minority.percentages(metric, row))
      ]
      if let published, shown.insert(row.loss.family).inserted,
        let theirs = published.rows.first(where: { $0.base == row.loss.family }),
        let figures = theirs.figures(metric)
      {
        let paper = publishedRow(
          theirs, figures, minority, published.classes(reading), panel.classes)
        rows += [paper, differenceRow(rows[0], paper, row, panel, published)]
      }
      return rows
    }
  }

  private static func publishedRow(
    _ row: PublishedTable.Row, _ figures: [Double], _ minority: MinorityClasses,
    _ columns: [String], _ classes: ReportedClasses
  ) -> Row {
    let ids = columns.map { trainingID($0, classes) }
    let cells = minority.listed.map { id in
      ids.firstIndex(of: id).map { Statistic(mean: figures[$0]) }
    }
    return Row(
      label: "\(row.loss) (paper)", cells: cells + [figures.last.map { Statistic(mean: $0) }],
      kind: .paper)
  }

  /// Ours - the paper's. There is no average where the paper's is not that of its columns.
  private static func differenceRow(
    _ ours: Row, _ paper: Row, _ row: GridRow, _ panel: Panel, _ table: PublishedTable
  ) -> Row {
    var cells = zip(ours.cells, paper.cells).map { ours, paper in
      ours.flatMap { ours in paper.map { Statistic(mean: ours.mean - $0.mean) } }
    }
    if !table.averagesItsColumns { cells[cells.count - 1] = nil }
    let letter = panel.letter(row.setting)
    let name = row.loss.family + (letter.isEmpty ? "" : " [\(letter)]")
    return Row(label: "\(name) - paper", cells: cells, kind: .oursMinusPaper)
  }

  private static func publishedNotes(
    _ table: PublishedTable?, _ reading: PublishedTable.Reading
  ) -> [String] {
    guard let table else { return [] }
    var notes = [
      "Rows marked (paper): the paper's Table \(table.number), as printed; the row below each: "
        + "ours - the paper's, in points. Its settings differ from ours as listed, and its "
        + "authors' code builds ResNet-18 of bottlenecks."
        + (table.averagesItsColumns
          ? ""
          : " The paper's printed averages are not the mean of its printed columns; ours are the "
            + "mean of the columns, so no difference between them is shown.")
    ]
    if !table.misprinted.isEmpty {
      notes.append(
        reading == .corrected
          ? "The paper's Table \(table.number) is read with two headings swapped back, because "
            + "\(table.whyMisprinted). Its printed averages are those of the classes without "
            + "\(table.classesLeftOut(.corrected).joined(separator: ", "))."
          : "Here the paper's headings are taken as printed, although \(table.whyMisprinted).")
    }
    return notes
  }
}
