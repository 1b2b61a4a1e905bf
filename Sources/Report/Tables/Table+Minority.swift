import Metrics

extension Table {
  /// The paper's form (Tables II and III): a metric after the other, of the minority classes and their
  /// average, with the paper's own numbers under the loss that they belong to.
  static func minority(_ panel: Panel) -> Table {
    let minority = MinorityClasses(panel.dataset, panel.classes)
    let published = PublishedTable.of(panel.key)
    let sections = Metric.all.map { metric in
      Section(
        metric, rowHeader: "loss",
        columns: minority.listed.map { panel.classes.names[$0] } + ["average"],
        rows: rows(panel, metric, minority, published))
    }
    return Table(
      slug: "\(panel.slug)-minority",
      title: "\(panel.title): scores of the minority classes",
      captions: panel.captions, scaledDown: panel.scaledDown,
      notes: [minority.statement] + publishedNotes(panel, published) + panel.notes,
      sections: sections)
  }

  private static func rows(
    _ panel: Panel, _ metric: Metric, _ minority: MinorityClasses, _ published: PublishedTable?
  ) -> [Row] {
    var shown: Set<String> = []
    return panel.rows.flatMap { row -> [Row] in
      let scores = row.runs.map { metric.perClass($0.confusion) }
      let classes = minority.listed.map { id in Statistic.percent(scores.map { $0[id] }) }
      // Averaged in each run first, so that its spread is that of a run's average.
      let average = Statistic.percent(row.runs.map { minority.average(metric, $0.confusion) })
      var rows = [Row(label: panel.markedLabel(row), cells: classes + [average])]
      if let published, shown.insert(row.loss.family).inserted,
        let theirs = published.rows.first(where: { $0.base == row.loss.family }),
        let figures = theirs.figures(metric)
      {
        let paper = publishedRow(theirs, figures, minority, published, panel.classes)
        rows += [paper, differenceRow(rows[0], paper, row, panel, published)]
      }
      return rows
    }
  }

  private static func publishedRow(
    _ row: PublishedTable.Row, _ figures: [Double], _ minority: MinorityClasses,
    _ table: PublishedTable, _ classes: ReportedClasses
  ) -> Row {
    let ids = table.columns.map { trainingID($0, classes) }
    let cells = minority.listed.map { id in
      ids.firstIndex(of: id).map { Statistic(mean: figures[$0]) }
    }
    return Row(
      label: "\(row.loss) (paper)", cells: cells + [figures.last.map { Statistic(mean: $0) }],
      kind: .paper)
  }

  /// Ours minus the paper's. There is no average where the paper's is not that of its columns.
  private static func differenceRow(
    _ ours: Row, _ paper: Row, _ row: GridRow, _ panel: Panel, _ table: PublishedTable
  ) -> Row {
    var cells = zip(ours.cells, paper.cells).map { ours, paper in
      ours.flatMap { ours in paper.map { Statistic(mean: ours.mean - $0.mean) } }
    }
    if !table.averagesItsColumns { cells[cells.count - 1] = nil }
    let letter = panel.letter(row.setting)
    let name = row.loss.family + (letter.isEmpty ? "" : " [\(letter)]")
    return Row(label: "\(name) minus paper", cells: cells, kind: .oursMinusPaper)
  }

  private static func publishedNotes(_ panel: Panel, _ table: PublishedTable?) -> [String] {
    guard let table else { return [] }
    var note =
      "Rows marked (paper): the paper's Table \(table.number), as printed; below them ours minus the "
      + "paper's, in points. Its settings differ from ours as listed, and its authors' code builds "
      + "ResNet-18 of bottlenecks."
    if !table.averagesItsColumns {
      note +=
        " The paper's printed averages are not the mean of its printed columns; ours are the mean "
        + "of the columns, and no difference of the two is formed."
    }
    return [note]
  }
}
