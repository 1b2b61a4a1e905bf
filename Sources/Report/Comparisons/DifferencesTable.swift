import Files
import Metrics
import Statistics

/// Every loss of a panel against cross-entropy: paired differences with intervals.
struct DifferencesTable: Artifact {
  private static let reference = "ce"

  struct Row {
    let loss: LossName
    /// The difference of each metric's mean over all classes; metrics that could not be compared are
    /// missing.
    let differences: [Metric: PairedDifference]

    /// Whether the differences in both of the paper's metrics are inconclusive; nil where one could not
    /// be compared, or there is one seed.
    var isIndistinct: Bool? {
      let ofPaper = Metric.ofPaper.map { differences[$0]?.verdict }
      return ofPaper.contains(nil) || ofPaper.contains(.oneSeed)
        ? nil : ofPaper.allSatisfy { $0 == .inconclusive }
    }
  }

  let panel: PanelKey
  /// The panel's short name, and with the setting's letter: `S18`, `S18-A`.
  let panelID: String
  let id: String
  let setting: Setting
  let slug: String
  let title: String
  let caption: String
  let notes: [String]
  let rows: [Row]

  /// nil if there is no run of cross-entropy, or nothing to compare with it.
  init?(_ comparisons: PanelComparisons) {
    let (panel, setting) = (comparisons.panel, comparisons.setting)
    (self.panel, self.setting) = (panel.key, setting)
    (panelID, id) = (panel.id, comparisons.id)
    guard let reference = comparisons.loss(Self.reference) else { return nil }
    let candidates = comparisons.losses.filter { $0 != reference }
    guard !candidates.isEmpty else { return nil }
    let columns = Metric.all.map {
      comparisons.differences(candidates, from: reference, ClassMean($0))
    }
    rows = candidates.indices.map { i in
      let found = zip(Metric.all, columns).compactMap { metric, column in
        column[i].map { (metric, $0) }
      }
      return Row(loss: candidates[i], differences: Dictionary(uniqueKeysWithValues: found))
    }
    slug = "\(panel.slug)-differences\(panel.letterSuffix(setting))"
    title = "\(comparisons.title): differences from cross-entropy"
    caption = comparisons.caption
    notes = [
      "Loss - ce, in percentage points, paired by seed, batch order, and image; 95 % intervals "
        + "\(comparisons.basis) (docs/statistics.md). "
        + Self.correction(candidates.count) + "Inconclusive: p at least 0.05."
    ]
  }

  /// What `p` is; a single comparison has nothing to be corrected for.
  private static func correction(_ losses: Int) -> String {
    losses == 1 ? "" : "p: after Holm's correction for the \(losses) losses compared. "
  }

  /// `S18: differences from cross-entropy`
  var heading: String { "\(id): differences from cross-entropy" }

  var markdown: String? {
    var lines = ["## " + escapeMarkdown(heading), ""]
    for metric in Metric.all {
      let table = markdownTable(
        ["loss", "difference", "95 % interval", "verdict", "p"],
        numeric: ["difference", "95 % interval", "p"], rows.map { cells($0, metric) })
      lines += ["**\(ClassMean(metric).title.capitalizedFirst)**", "", table, ""]
    }
    lines += notes.map { "- " + escapeMarkdown($0) }
    lines += ["", "As `tables/\(slug).csv` and `tables/\(slug).tex`.", ""]
    return lines.joined(separator: "\n") + "\n"
  }

  var files: [ReportFile] { [csvFile, ReportFile("tables/\(slug).tex", .text(latex.text))] }

  func section(_ pictures: PagePictures) -> PageSection? {
    PageSection(
      anchor: "differences", title: "Differences from cross-entropy", parts: [part])
  }

  private func cells(_ row: Row, _ metric: Metric) -> [String] {
    let loss = escapeMarkdown(row.loss.notation)
    guard let difference = row.differences[metric] else { return [loss, dash, dash, dash, dash] }
    let verdict = difference.verdict
    return [
      loss, signed(difference.estimate.value), escapeMarkdown(difference.intervalText),
      verdict.isDecided ? "**\(verdict.text)**" : verdict.text,
      escapeMarkdown(difference.adjustedText),
    ]
  }
}
