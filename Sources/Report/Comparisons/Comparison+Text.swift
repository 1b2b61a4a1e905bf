import Files
import Metrics

extension Comparison {
  /// For a terminal: a table for each panel, in the paper's metrics.
  package var text: String {
    let tables = panels.map { panel in
      let head = ["\(candidate.notation) -"] + Metric.ofPaper.map { ClassMean($0).title }
      let rows = baselines(of: panel).map { baseline in
        [baseline.notation]
          + Metric.ofPaper.map { cell(panel, baseline, $0)?.text ?? dash }
      }
      return "\(panel)\n" + aligned([head] + rows)
    }
    return tables.joined(separator: "\n\n") + "\n" + legend
  }

  private var legend: String {
    "Percentage points, paired by seed and image, with 95 % intervals (docs/statistics.md). "
      + (lines.contains { $0.verdict != .oneSeed }
        ? "*: p < 0.05 after Holm's correction for the losses of a table."
        : "One seed: intervals are over images only, and there is no verdict.")
  }

  /// How the numbers were made, and on which machines if that matters.
  private var remarks: [String] { captions + [machines].compactMap(\.self) }

  func cell(_ panel: String, _ baseline: LossName, _ metric: Metric) -> Line? {
    lines.first { $0.panel == panel && $0.baseline == baseline && $0.metric == metric }
  }

  private func aligned(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      let line = "  " + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}

extension Comparison: Artifact {
  package var files: [ReportFile] { [ReportFile("tables/comparison.csv", .text(csv))] }

  package var markdown: String? {
    var lines = sentences.flatMap { [escapeMarkdown($0), ""] }
    let rows = self.lines.map { line in
      [
        line.panel, line.baseline.notation, ClassMean(line.metric).title,
        signed(line.difference.estimate.value), line.difference.intervalText,
        line.verdict.text, line.difference.adjustedText,
      ].map(escapeMarkdown)
    }
    lines.append(
      markdownTable(
        ["panel", "compared with", "score", "difference", "95 % interval", "verdict", "p (Holm)"],
        numeric: ["difference", "95 % interval", "p (Holm)"], rows))
    lines += ["", escapeMarkdown(legend), ""]
    lines += remarks.map { "- \(escapeMarkdown($0))" }
    return lines.joined(separator: "\n") + "\n"
  }

  package func section(_ pictures: PagePictures) -> PageSection? {
    let parts = panels.enumerated().map { index, panel in
      PageSection.Part(
        anchor: "comparison-\(index + 1)", title: panel, body: table(panel).html,
        panel: lines(of: panel).first?.panelID, label: "differences from stored losses")
    }
    return PageSection(
      anchor: "comparison", title: "\(candidate.notation) compared with stored losses",
      body: """
        \(paragraphs(sentences))
        \(folded("How these numbers were made", paragraphs([legend] + remarks)))
        """, parts: parts)
  }

  private func table(_ panel: String) -> DataTable {
    let metrics = Metric.all
    let columns = metrics.flatMap { metric in
      [
        DataTable.Column(title: "\(ClassMean(metric).title), points"),
        DataTable.Column(title: "95 % interval", isNumeric: false),
      ]
    }
    let rows = baselines(of: panel).map { baseline in
      let cells = metrics.flatMap { metric -> [String] in
        guard let line = cell(panel, baseline, metric) else { return [dash, dash] }
        let mark = line.verdict.isDecided ? " *" : ""
        return [signed(line.difference.estimate.value), line.difference.intervalText + mark]
      }
      return DataTable.Row(label: baseline.notation, cells: cells)
    }
    return DataTable(
      caption: "\(candidate.notation) - each stored loss",
      name: "\(panel): \(candidate.notation) - each stored loss", rowHeader: "loss",
      columns: columns, rows: rows)
  }

  /// Percentage points, one line for each panel, baseline and metric.
  private var csv: String {
    let head = [
      "panel", "loss", "against", "score", "difference_points", "low_points", "high_points", "p",
      "p_holm", "seeds", "images", "verdict",
    ]
    let rows = lines.map { line -> [String] in
      let estimate = line.difference.estimate
      let numbers = [estimate.value, estimate.interval.lowerBound, estimate.interval.upperBound]
      let p = line.verdict == .oneSeed ? [] : [estimate.pValue, line.difference.adjusted]
      let texts = p.isEmpty ? ["", ""] : p.map { "\($0)" }
      let names = [line.panel, candidate.notation, line.baseline.notation]
      return names + [ClassMean(line.metric).title] + numbers.map { csvPoints($0) } + texts
        + ["\(estimate.seeds)", "\(estimate.images)", line.verdict.rawValue]
    }
    return ([head] + rows).map { csvLine($0) + "\n" }.joined()
  }
}
