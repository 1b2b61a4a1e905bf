import Files
import Metrics

/// The paper's own differences from cross-entropy, with the authors' rerun noise beside those that
/// are smaller.
struct PublishedDifferences: Artifact {
  struct Cell {
    /// Points.
    let difference: Double
    let noise: RerunNoise?

    var isNoise: Bool { noise?.covers(difference) ?? false }

    var text: String {
      signed(difference / 100) + (isNoise ? " (noise \(fixed(noise?.reach ?? 0, 2)))" : "")
    }

    /// Difference, noise, and whether it is smaller; empty where the noise is not known.
    var fields: [String] {
      [csvNumber(difference, 2), csvNumber(noise?.reach, 3), noise == nil ? "" : "\(isNoise)"]
    }
  }

  /// The differences of one metric, as one table or figure has them.
  struct Block {
    let title: String
    let columns: [String]
    /// As many cells as columns.
    let rows: [(loss: String, cells: [Cell])]
  }

  let blocks: [Block]

  private static let slug = "published-differences"
  private static let title = "The paper's own differences from cross-entropy"

  /// nil where no panel has published scores.
  init?(_ comparisons: [PanelComparisons]) {
    var blocks: [Block] = []
    for key in comparisons.map(\.panel.key) {
      let table = PublishedTable.of(key).map(Block.all) ?? []
      for block in table + PublishedPoints.of(key).map(Block.init)
      where !blocks.contains(where: { $0.title == block.title }) {
        blocks.append(block)
      }
    }
    if blocks.isEmpty { return nil }
    self.blocks = blocks
  }

  private static var notes: [String] {
    func observed(_ noise: RerunNoise) -> String {
      noise.differences.map { fixed($0, 3) }.joined(separator: ", ")
    }
    return [
      "Percentage points, one run each. (noise): 95 % of the differences of two reruns of one setting "
        + "are expected to be smaller than this, and so is this difference. It is estimated from the "
        + "only two reruns known, weighted cross-entropy with ResNet-101 in the authors' logs of "
        + "SYNTHIA, whose three logged pairs differ by \(observed(.meanIoU)) points of mean IoU and "
        + "\(observed(.meanAccuracy)) of mean accuracy (docs/statistics.md).",
      "Where the logs have no counterpart (accuracy of single classes, Cityscapes), the noise is not "
        + "known, which does not make a difference certain.",
    ]
  }

  var files: [ReportFile] {
    [
      .csv(
        "tables/\(Self.slug).csv",
        header: [
          "source", "loss", "of", "difference_points", "rerun_noise_points", "smaller_than_noise",
        ],
        blocks.flatMap { block in
          block.rows.flatMap { row in
            zip(block.columns, row.cells).map { [block.title, row.loss, $0] + $1.fields }
          }
        }, caption: [Self.title + "."] + Self.notes)
    ]
  }

  var markdown: String? {
    var lines = ["## \(Self.title)", ""]
    for block in blocks {
      let columns = block.columns.map(escapeMarkdown)
      let rows = block.rows.map { [escapeMarkdown($0.loss)] + $0.cells.map(\.text) }
      lines += [
        "**\(escapeMarkdown(block.title))**", "",
        markdownTable(["loss"] + columns, numeric: Set(columns), rows), "",
      ]
    }
    lines += Self.notes.map { "- " + escapeMarkdown($0) }
    lines += ["", "As `tables/\(Self.slug).csv`.", ""]
    return lines.joined(separator: "\n") + "\n"
  }

  func section(_ pictures: PagePictures) -> PageSection? {
    let tables = blocks.map { block in
      DataTable(
        caption: block.title, rowHeader: "loss", columns: block.columns.map { .init(title: $0) },
        rows: block.rows.map { .init(label: $0.loss, cells: $0.cells.map(\.text), kind: .paper) }
      ).html
    }
    return PageSection(
      anchor: "published-differences", title: Self.title,
      body: folded("The differences", "\(tables.joined("\n"))\n\(bullets(Self.notes))"))
  }
}

extension PublishedDifferences.Block {
  fileprivate static func all(_ table: PublishedTable) -> [Self] {
    Metric.ofPaper.compactMap { Self(table, $0) }
  }

  private init?(_ table: PublishedTable, _ metric: Metric) {
    let columns = table.classes(.corrected).map { publishedAliases[$0] ?? $0 }
    let leftOut = table.classesLeftOut(.corrected)
    let isLogged = metric == .iou && table.dataset == .synthia
    let averaged = columns.filter { !leftOut.contains($0) }
    let noise = isLogged ? columns.map { RerunNoise.iou(of: [$0]) } + [.iou(of: averaged)] : []
    guard let reference = table.rows.first(where: { $0.base == "ce" })?.figures(metric) else {
      return nil
    }
    title = "Table \(table.number) (\(table.dataset.title)), \(metric.title)"
    self.columns = columns + ["average as printed"]
    rows = table.rows.filter { $0.base != "ce" }.compactMap { row in
      row.figures(metric).map { figures in
        let cells = figures.indices.map {
          PublishedDifferences.Cell(
            difference: figures[$0] - reference[$0],
            noise: noise.indices.contains($0) ? noise[$0] : nil)
        }
        return (row.loss, cells)
      }
    }
  }

  fileprivate init(_ points: PublishedPoints) {
    title = "\(points.source.capitalizedFirst) (\(points.dataset.title), \(points.backbone.title))"
    columns = ["mean accuracy", "mean IoU"]
    let reference = points.losses.first { $0.base == "ce" }
    rows = points.losses.filter { $0.base != "ce" }.compactMap { loss in
      guard let reference else { return nil }
      return (
        loss.base,
        [
          PublishedDifferences.Cell(difference: loss.macc - reference.macc, noise: .meanAccuracy),
          PublishedDifferences.Cell(difference: loss.miou - reference.miou, noise: .meanIoU),
        ]
      )
    }
  }
}
