import Datasets
import Files
import Metrics

/// By class, each loss's difference from a reference with its 95 % interval, classes in the order of
/// their frequency.
/// - Parameters:
///   - losses: normalized notations that are drawn, such as a new loss; nil: every other loss.
///   - reference: a notation, or a name such as `ce`.
/// - Returns: nil if nothing shares seeds and images with the reference.
/// - Throws: `UserError` for runs that do not fit the classes of their data set.
package func classDifferences(
  _ input: ReportInput, of losses: [String]? = nil, from reference: String = "ce"
) throws -> (any Artifact)? {
  ClassDifferencesFigure(ComparedLosses.all(try Grid(input), of: losses, from: reference))
}

/// The figure of a benchmark of imbalance, and its numbers as CSV.
struct ClassDifferencesFigure: Artifact {
  private let group: FigureGroup
  private let tables: [ReportFile]

  /// nil where there is nothing to compare.
  init?(_ compared: [ComparedLosses]) {
    let panels = compared.map(ClassDifferences.init).filter { !$0.estimates.isEmpty }
    guard !panels.isEmpty,
      let group = FigureGroup(
        anchor: "classes", title: "Classes by frequency", caption: Self.caption(panels),
        figures: panels.map { panel in
          panel.figure(
            ranges: Self.ranges(
              panels.filter { $0.compared.panel.dataset == panel.compared.panel.dataset }))
        })
    else { return nil }
    self.group = group
    tables = panels.map {
      ReportFile(
        "tables/\($0.compared.slug)-class-differences.csv", .text($0.csv),
        caption: [Self.caption([$0])])
    }
  }

  var files: [ReportFile] { tables + group.files }

  var markdown: String? {
    group.markdown.map {
      "\($0)\nThe numbers: \(tables.map { "`\($0.path)`" }.joined(separator: ", ")).\n"
    }
  }

  func section(_ pictures: PagePictures) -> PageSection? { group.section(pictures) }

  /// Of the panels of one data set, so that they can be compared by eye.
  private static func ranges(_ panels: [ClassDifferences]) -> [Metric: ClosedRange<Double>] {
    let found = Metric.ofPaper.map { metric in
      (metric, IntervalPlot.range(panels.flatMap { $0.marks(metric) }))
    }
    return Dictionary(uniqueKeysWithValues: found)
  }

  private static func caption(_ panels: [ClassDifferences]) -> String {
    let estimates = panels.flatMap(\.estimates)
    let sources = Set(panels.map(\.source)).sorted().joined(separator: " or ")
    let reference = panels[0].compared.name(panels[0].compared.reference)
    var parts = [
      "Each loss's score of a class minus that of \(reference), in percentage points, with its 95 % "
        + "interval, not adjusted for the number of classes. Classes from the most to the least "
        + "frequent, with their share of the \(sources) pixels; minority classes in bold."
    ]
    if Set(panels.map(\.compared.panel.dataset)).count < panels.count {
      parts.append("Panels of one data set share their axes.")
    }
    if estimates.contains(where: { $0.seeds == 1 }) {
      parts.append("Dashed: one seed, so the interval is over images only.")
    }
    if panels.contains(where: \.hasFloor) {
      parts.append(
        "\"0, 0\": both losses score 0 on the class, so their difference cannot be tested.")
    }
    if panels.contains(where: \.hasBareMark) {
      parts.append("A mark without a line: the class is in too few images for an interval.")
    }
    return parts.joined(separator: " ")
  }
}

extension ClassDifferences {
  /// In print at most so many charts beside each other.
  private static let columns = 8

  func marks(_ metric: Metric) -> [IntervalPlot.Mark] {
    compared.candidates.flatMap { cells($0, metric).compactMap(\.mark) }
  }

  fileprivate var hasFloor: Bool { all.contains(where: \.isFloor) }
  fileprivate var hasBareMark: Bool { all.contains { !$0.isFloor && $0.estimate == nil } }

  private var all: [Cell] {
    compared.candidates.flatMap { loss in
      Metric.ofPaper.flatMap { metric in classes.compactMap { cell(loss, metric, $0) } }
    }
  }

  func figure(ranges: [Metric: ClosedRange<Double>]) -> Figure {
    let losses = compared.candidates
    func chart(_ loss: LossName, _ metric: Metric, title: String) -> IntervalPlot.Chart {
      let own = classes.compactMap { cell(loss, metric, $0)?.estimate }
      return IntervalPlot.Chart(
        title: title, note: ComparedLosses.basis(own, isNarrow: true),
        quantity: "\(metric.title), points", cells: cells(loss, metric),
        range: ranges[metric] ?? -1...1)
    }
    let printed = stride(from: 0, to: losses.count, by: Self.columns).flatMap { start in
      Metric.ofPaper.map { metric in
        IntervalPlot.Line(
          title: metric.title.capitalizedFirst, rows: rows(nil),
          charts: losses[start..<min(losses.count, start + Self.columns)].map {
            chart($0, metric, title: compared.name($0))
          })
      }
    }
    let shown = losses.map { loss in
      IntervalPlot.Line(
        title: compared.name(loss), rows: rows(loss),
        charts: Metric.ofPaper.map { chart(loss, $0, title: $0.title) })
    }
    let plot = IntervalPlot(
      heading: "\(title): differences from \(compared.name(compared.reference)) by class",
      lines: printed, pageLines: shown)
    return Figure(
      slug: "\(compared.slug)-classes", title: title, plot: plot, body: body(shown))
  }

  /// The leading loss stands open, several others are folded.
  private func body(_ lines: [IntervalPlot.Line]) -> HTML {
    let name = "Differences from \(compared.name(compared.reference)) by class, \(title)"
    let drawn = zip(compared.candidates, lines).map { loss, line -> (LossName, HTML) in
      (
        loss,
        "<div>\n<p class=\"over\">\(line.title)</p>\n\(IntervalPlot.svg(line, name: name, isSpoken: loss == leading))\n</div>"
      )
    }
    let first = drawn.filter { $0.0 == leading }.map(\.1)
    let others = drawn.filter { $0.0 != leading }.map(\.1)
    // A single other has a place beside it.
    guard others.count > 1 else {
      return "<div class=\"pairs\">\n\((first + others).joined("\n"))\n</div>"
    }
    let names = compared.candidates.filter { $0 != leading }.map(compared.name)
    return """
      <div class="pairs">
      \(first.joined())
      </div>
      \(folded("The other losses: \(names.joined(separator: ", "))", "<div class=\"pairs\">\n\(others.joined("\n"))\n</div>"))
      """
  }

  /// - Parameter loss: whose numbers the rows tell; nil: none.
  private func rows(_ loss: LossName?) -> [IntervalPlot.Row] {
    classes.map { c in
      let names = compared.panel.classes
      let share = Self.percent(shares[c])
      let scores = loss.map { loss in Metric.ofPaper.map { words(loss, $0, c) } } ?? []
      return IntervalPlot.Row(
        label: names.names[c], detail: share, isEmphasized: names.minority.contains(c),
        tip: loss == nil ? "" : "\(names.names[c]), \(share): \(scores.joined(separator: "; "))")
    }
  }

  private func words(_ loss: LossName, _ metric: Metric, _ c: Int) -> String {
    guard let cell = cell(loss, metric, c) else { return "\(metric.title): no score" }
    let interval = cell.estimate.map {
      " [\(signed($0.interval.lowerBound)), \(signed($0.interval.upperBound))]"
    }
    return
      "\(metric.title) \(fixed(100 * cell.loss, 1)) % (\(compared.name(compared.reference)) "
      + "\(fixed(100 * cell.reference, 1)) %), "
      + "\(signed(cell.difference))\(interval ?? "")"
  }

  private func cells(_ loss: LossName, _ metric: Metric) -> [IntervalPlot.Cell] {
    classes.map { c in
      guard let cell = cell(loss, metric, c) else { return .note(dash) }
      guard !cell.isFloor else { return .note("0, 0") }
      let interval = cell.estimate?.interval
      return .mark(
        IntervalPlot.Mark(
          value: 100 * cell.difference,
          interval: interval.map { 100 * $0.lowerBound...100 * $0.upperBound },
          coversSeeds: (cell.estimate?.seeds ?? 1) > 1, style: compared.style(loss)))
    }
  }
}
