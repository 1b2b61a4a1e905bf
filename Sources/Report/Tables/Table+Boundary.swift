import Metrics

extension Table {
  /// The boundary IoU of each class and its mean beside the mean IoU of whole masks.
  /// - Returns: nil where no run of the panel has counted boundaries.
  static func boundary(_ panel: Panel) -> Table? {
    let rows = panel.rows.filter { $0.runs.contains { $0.boundary != nil } }
    guard !rows.isEmpty else { return nil }
    let widths = Set(rows.compactMap(\.setting.shared.data.boundaryWidth)).sorted()
    let pixels =
      widths.map(String.init).joined(separator: " or ") + " "
      + (widths == [1] ? "pixel" : "pixels")
    let reach =
      widths.isEmpty
      ? "2 % of the diagonal of their image"
      : "\(pixels) (2 % of the image's diagonal at the scored size)"
    return Table(
      panel, "boundary", "boundary IoU",
      notes: [
        "Boundary IoU (Cheng et al., CVPR 2021): IoU of the parts of the masks within \(reach) of their "
          + "edges, summed over the images before the quotient. The mean is over the classes that have "
          + "a value. Mean IoU is of the same runs' whole masks (docs/policy.md)."
      ],
      sections: [
        Section(
          quantity: "boundary_iou", heading: "Boundary IoU (%)", rowHeader: "loss",
          columns: panel.classes.names + ["mean boundary IoU", "mean IoU"],
          rows: rows.map { Row(label: panel.markedLabel($0), cells: boundaryCells($0, panel)) },
          lead: panel.classes.names.count, best: .highestOfColumns())
      ])
  }

  private static func boundaryCells(_ row: GridRow, _ panel: Panel) -> [Statistic?] {
    let runs = row.runs.filter { $0.boundary != nil }
    let scores = runs.compactMap(\.boundary).map(Metric.iou.perClass)
    return panel.classes.names.indices.map { c in .percent(scores.map { $0[c] }) } + [
      .percent(runs.compactMap(\.boundary).map(Metric.iou.mean)),
      .percent(runs.map { Metric.iou.mean($0.confusion) }),
    ]
  }
}
