import Files

/// A table before it becomes Markdown, CSV or LaTeX.
struct Table {
  /// A block of rows under one heading, all of one metric.
  struct Section {
    /// `accuracy` or `iou`, for CSV.
    let metric: String
    /// For readers, such as `Accuracy (%)`.
    let heading: String
    /// What a row is, such as `loss`.
    let rowHeader: String
    let columns: [String]
    let rows: [Row]
  }

  struct Row {
    let label: String
    /// In the order of the columns, percent; nil: a dash.
    let cells: [Statistic?]
    /// The paper's figures rather than ours.
    var isPublished = false
    /// Ours less the paper's, points.
    var isDifference = false
    /// Set apart from the rows above, for averages.
    var isSummary = false
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
}

extension Statistic {
  /// A fraction's statistic in percent; nil if no value is defined.
  static func percent(_ fractions: [Double?]) -> Statistic? {
    Statistic(fractions.map { $0.map { 100 * $0 } })
  }
}
