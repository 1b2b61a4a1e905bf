import Files
import Statistics

/// How far each loss lies from what cross-entropy reaches by correcting its prior after training.
struct CorrectionTable: Artifact {
  private struct Row {
    let loss: LossName
    /// In the order of `CurveDistance.allCases`; nil where the curve does not reach the loss's level.
    let distances: [PairedDifference?]
  }

  private let slug: String
  private let title: String
  /// `S18: losses compared with ...`
  private let heading: String
  private let panelID: String
  private let caption: String
  private let notes: [String]
  private let rows: [Row]
  private let curves: [CorrectionCurve]

  static let subject = "losses compared with cross-entropy whose prior is corrected"

  /// Nil if no run of cross-entropy has the matrices.
  init?(_ comparisons: PanelComparisons) {
    guard !comparisons.correction.isEmpty else { return nil }
    let (panel, setting) = (comparisons.panel, comparisons.setting)
    let losses = comparisons.losses.filter { $0.notation != "ce" }
    let columns = CurveDistance.allCases.map { comparisons.distances(losses, $0) }
    rows = losses.indices.map { i in Row(loss: losses[i], distances: columns.map { $0[i] }) }
    slug = "\(panel.slug)-correction\(panel.letterSuffix(setting))"
    title = "\(comparisons.title): \(Self.subject)"
    (heading, panelID) = ("\(comparisons.id): \(Self.subject)", panel.id)
    caption = comparisons.caption
    curves = CorrectionCurve.all(
      panel.with(rows: panel.rows.filter { $0.setting == setting }))
    notes = [
      "A network trained with cross-entropy predicts argmax of log p_c - tau log f_c, where f_c is "
        + "the class's share of the training pixels (Menon et al. 2021); no training is added. "
        + Self.uncorrected(comparisons),
      "IoU at equal accuracy: the loss's mean IoU minus the highest on this curve that does not fall below "
        + "the loss's mean accuracy. Accuracy at equal IoU: the same with the two exchanged. "
        + "Positive: the loss lies above the curve. Not reached: no tau of the curve has the loss's "
        + "level in every seed.",
      "Percentage points, paired by seed and image; 95 % intervals \(comparisons.basis) "
        + "(docs/statistics.md). p: after Holm's correction for the losses compared.",
    ]
  }

  /// Says which classes have no share, and so no correction.
  private static func uncorrected(_ comparisons: PanelComparisons) -> String {
    let pixels =
      comparisons.loss("ce").flatMap { comparisons.reportedRuns(of: $0).first?.trainClassPixels }
      ?? []
    let names = comparisons.panel.classes.names
    let left = zip(names, pixels).filter { $0.1 == 0 }.map(\.0)
    return left.isEmpty
      ? "Every class has training pixels."
      : "Left uncorrected, since they have no training pixel: \(left.joined(separator: ", "))."
  }

  private static let header = [
    "loss", "IoU at equal accuracy", "95 % interval", "verdict", "p", "accuracy at equal IoU",
    "95 % interval", "verdict", "p",
  ]

  private func cells(_ row: Row) -> [String] {
    [row.loss.notation]
      + row.distances.flatMap { distance -> [String] in
        guard let distance else { return ["not reached", dash, dash, dash] }
        return [
          signed(distance.estimate.value), distance.intervalText,
          "\(distance.verdict.sign) \(distance.verdict.above)", distance.adjustedText,
        ]
      }
  }

  var markdown: String? {
    var lines = ["## " + escapeMarkdown(heading), ""]
    let numeric = Self.header.filter { $0 != "loss" && $0 != "verdict" }
    lines += [
      markdownTable(Self.header, numeric: Set(numeric), rows.map { cells($0).map(escapeMarkdown) }),
      "",
    ]
    for curve in curves {
      let taus = curve.taus.map(plain)
      lines += [markdownTable(["tau"] + taus, numeric: Set(taus), curveRows(curve)), ""]
    }
    lines += notes.map { "- " + escapeMarkdown($0) }
    return (lines + ["", "As `tables/\(slug).csv` and `tables/\(slug)-curve.csv`.", ""]).joined(
      separator: "\n") + "\n"
  }

  private func curveRows(_ curve: CorrectionCurve) -> [[String]] {
    [
      ["mean accuracy (%)"] + curve.mean.map { fixed($0.y, 2) },
      ["mean IoU (%)"] + curve.mean.map { fixed($0.x, 2) },
    ]
  }

  var files: [ReportFile] {
    let captions = [title + ".", caption] + notes
    return [
      .csv(
        "tables/\(slug).csv",
        header: [
          "loss", "distance", "distance_points", "low_points", "high_points", "p", "p_holm",
          "verdict",
        ],
        rows.flatMap { row in
          zip(CurveDistance.allCases, row.distances).map { kind, distance in
            [row.loss.notation, kind.name] + Self.fields(distance)
          }
        }, caption: captions),
      .csv(
        "tables/\(slug)-curve.csv",
        header: ["loss", "tau", "mean_accuracy", "mean_iou"],
        curves.flatMap { curve in
          zip(curve.taus, curve.mean).map { tau, point in
            ["ce", plain(tau), csvNumber(point.y, 4), csvNumber(point.x, 4)]
          }
        }, caption: ["\(title): the curve, in percent, mean over seeds."] + captions.dropFirst()),
    ]
  }

  private static func fields(_ distance: PairedDifference?) -> [String] {
    guard let distance else { return ["", "", "", "", "", "not reached"] }
    let estimate = distance.estimate
    let points = [estimate.value, estimate.interval.lowerBound, estimate.interval.upperBound]
    return points.map { csvPoints($0) } + distance.pFields + [distance.verdict.above]
  }

  func section(_ pictures: PagePictures) -> PageSection? {
    let table = DataTable(
      caption: "Distance from the curve of ce @ tau, points", name: heading, rowHeader: "loss",
      columns: Self.header.enumerated().dropFirst().map { index, title in
        .init(title: title, isNumeric: rows.allSatisfy { Double(cells($0)[index]) != nil })
      },
      rows: rows.map { row in .init(label: row.loss.notation, cells: Array(cells(row).dropFirst()))
      })
    let strengths = curves.map { curve in
      DataTable(
        caption: "Cross-entropy with its prior corrected by tau", rowHeader: "tau",
        columns: curve.taus.map { .init(title: plain($0)) },
        rows: curveRows(curve).map { .init(label: $0[0], cells: Array($0.dropFirst())) }
      ).html
    }
    return PageSection(
      anchor: "correction", title: "Compared with cross-entropy whose prior is corrected",
      parts: [
        PageSection.Part(
          anchor: slug, title: heading,
          body: """
            \(table.html)
            \(strengths.joined("\n"))
            \(paragraphs(notes))
            """, panel: panelID, label: "correction", isFolded: true)
      ])
  }
}

extension CurveDistance {
  fileprivate var name: String {
    switch self {
    case .iouAtEqualAccuracy: "iou_at_equal_accuracy"
    case .accuracyAtEqualIoU: "accuracy_at_equal_iou"
    }
  }
}

extension PairedDifference.Verdict {
  /// In relation to a curve.
  fileprivate var above: String {
    switch self {
    case .higher: "above"
    case .lower: "below"
    default: rawValue
    }
  }
}
