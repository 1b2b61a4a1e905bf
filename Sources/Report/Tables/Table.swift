import Files
import Metrics

/// A table before it becomes Markdown, CSV, LaTeX or a part of the page.
struct Table {
  /// A block of rows under one heading, all of one quantity.
  struct Section {
    /// What the numbers are, for CSV, such as `accuracy`.
    let quantity: String
    /// For readers, such as `Accuracy (%)`.
    let heading: String
    /// What a row is, such as `loss`.
    let rowHeader: String
    let columns: [String]
    let rows: [Row]
    /// Whether the section is in the LaTeX table, which has to fit on a page.
    var isPrinted = true
    /// The column that sums up a row, which the page and Markdown show first.
    var lead: Int?
    /// Which cells LaTeX sets in bold.
    var best: Best?

    init(
      quantity: String, heading: String, rowHeader: String, columns: [String], rows: [Row],
      isPrinted: Bool = true, lead: Int? = nil, best: Best? = nil
    ) {
      (self.quantity, self.heading, self.rowHeader) = (quantity, heading, rowHeader)
      (self.columns, self.rows, self.isPrinted) = (columns, rows, isPrinted)
      (self.lead, self.best) = (lead, best)
    }

    /// The values of a metric, class by class.
    init(
      _ metric: Metric, rowHeader: String, columns: [String], rows: [Row], lead: Int? = nil,
      best: Best? = nil
    ) {
      self.init(
        quantity: metric.name, heading: "\(metric.title.capitalizedFirst) (%)",
        rowHeader: rowHeader, columns: columns, rows: rows,
        isPrinted: Metric.ofPaper.contains(metric), lead: lead, best: best)
    }

    /// The mean of a metric over all classes.
    init(
      meanOf metric: Metric, rowHeader: String, columns: [String], rows: [Row],
      best: Best? = nil
    ) {
      self.init(
        quantity: "mean_\(metric.name)",
        heading: "\(ClassMean(metric).title.capitalizedFirst) (%)", rowHeader: rowHeader,
        columns: columns, rows: rows, isPrinted: Metric.ofPaper.contains(metric), best: best)
    }
  }

  struct Row {
    enum Kind {
      case ours
      /// The paper's numbers.
      case paper
      /// Ours - the paper's, points.
      case oursMinusPaper
      /// An average, separated from the rows above.
      case summary
    }

    let label: String
    /// In the order of the columns, percent; nil: a dash.
    let cells: [Statistic?]
    var kind = Kind.ours
    /// Of the cells as shown.
    var decimals = 2
    /// How what the section's lead shows differs from cross-entropy, where that was compared.
    var difference: PairedDifference?
  }

  /// File name without extension.
  let slug: String
  let title: String
  /// How the numbers were made, one line a setting.
  let captions: [String]
  /// What differs from the paper, one line a setting.
  let scaledDown: [String]
  /// What the reader must know to read the numbers; gaps in the sweep.
  let notes: [String]
  let sections: [Section]
  /// The title for readers who know the panels by their short names, such as `S18: calibration`.
  let heading: String
  /// The short name of the panel; nil: of all panels.
  let panelID: String?
  /// What the contents call it among the tables of its panel.
  let label: String

  /// A table of all panels.
  init(
    slug: String, title: String, captions: [String], scaledDown: [String], notes: [String],
    sections: [Section]
  ) {
    (self.slug, self.title, self.captions) = (slug, title, captions)
    (self.scaledDown, self.notes, self.sections) = (scaledDown, notes, sections)
    (heading, panelID, label) = (title, nil, title)
  }

  /// A table of a panel, with the panel's captions and notes.
  /// - Parameters:
  ///   - name: of its files, after the panel's.
  ///   - subject: the title without the panel.
  init(
    _ panel: Panel, _ name: String, _ subject: String, notes: [String], sections: [Section]
  ) {
    (slug, title) = ("\(panel.slug)-\(name)", "\(panel.title): \(subject)")
    (captions, scaledDown) = (panel.captions, panel.scaledDown)
    (self.notes, self.sections) = (notes + panel.notes, sections)
    (heading, panelID) = ("\(panel.id): \(subject)", panel.id)
    label = name == "all" ? "all classes" : name.replacing("-", with: " ")
  }
}

extension Statistic {
  /// A fraction's statistic in percent; nil if no value is defined.
  static func percent(_ fractions: [Double?]) -> Statistic? {
    Statistic(fractions.map { $0.map { 100 * $0 } })
  }
}

extension Table: Artifact {
  /// Every table of a panel whose runs are compared nowhere else.
  static func all(_ panel: Panel) -> [Table] {
    all(panel, panel.settings.map { PanelComparisons(panel, $0) }.filter { !$0.losses.isEmpty })
  }

  /// Every table of a panel.
  /// - Parameter comparisons: of the panel, one for each setting that has runs to compare.
  static func all(_ panel: Panel, _ comparisons: [PanelComparisons]) -> [Table] {
    [minority(panel, comparisons), allClasses(panel), overlap(panel)]
      + [
        variants(panel), checkpoints(panel), learningRates(panel), fineGrained(panel),
        boundary(panel), calibration(panel), minorityAsPrinted(panel),
      ].compactMap(\.self)
  }

  var files: [ReportFile] {
    [csvFile, ReportFile("tables/\(slug).tex", .text(latex.text))]
  }

  func section(_ pictures: PagePictures) -> PageSection? {
    panelID == nil
      ? PageSection(anchor: "table-\(slug)", title: title, body: part.body)
      : PageSection(
        anchor: "tables", title: "Tables",
        body:
          "<p>In percent. Click a column's name to sort by it, and again to reverse the order.</p>",
        parts: [part])
  }
}
