import Datasets
import Metrics

/// The classes that a minority table lists and those of them that its average includes.
struct MinorityClasses {
  /// Training ids in the order of the columns.
  let listed: [Int]
  /// The ids in `listed` that the average includes.
  let averaged: [Int]
  /// `average`, or `average without car`.
  let averageTitle: String
  /// A sentence for captions about the choice of classes and the average.
  let statement: String

  /// - Parameter reading: of the paper's headings, whose order and averages ours follow.
  init(
    _ dataset: DatasetName, _ classes: ReportedClasses,
    _ reading: PublishedTable.Reading = .corrected
  ) {
    let listed = Self.order(dataset, classes, reading)
    let names = listed.map { classes.names[$0] }
    let published = PublishedTable.all.first { $0.dataset == dataset }
    // Where the paper's printed averages leave out a column, so do ours.
    let leftOut = published?.classesLeftOut(reading) ?? []
    let left = leftOut.compactMap { trainingID($0, classes) }.filter(listed.contains)
    self.listed = listed
    averaged = listed.filter { !left.contains($0) }
    let without = left.isEmpty ? "" : " without \(leftOut.joined(separator: ", "))"
    averageTitle = "average\(without)"
    let rule =
      left.isEmpty
      ? "mean over all \(listed.count) listed classes"
      : "mean over the \(averaged.count) classes\(without), as in the "
        + "paper's Table \(published?.number ?? "")"
    statement =
      "Minority classes: \(names.isEmpty ? "none" : names.joined(separator: ", ")) (\(classes.minorityRule)). Average: \(rule); "
      + "classes without a value are left out."
  }

  /// The average over the classes that have a value.
  func mean(_ metric: Metric) -> ClassMean {
    ClassMean(metric, over: averaged, named: "the minority")
  }

  /// The average of one run; nil if no class has a value.
  func average(_ metric: Metric, _ confusion: ConfusionMatrix) -> Double? {
    mean(metric)(confusion)
  }

  /// Each listed class's score and the average over the runs of a row; nil: no value.
  func percentages(_ metric: Metric, _ row: GridRow) -> [Statistic?] {
    let scores = row.runs.map { metric.perClass($0.confusion) }
    let classes = listed.map { id in Statistic.percent(scores.map { $0[id] }) }
    // Averaged in each run first, so that its spread is that of a run's average.
    return classes + [Statistic.percent(row.runs.map { average(metric, $0.confusion) })]
  }

  /// The paper's columns first, in its order; then other minority classes by id.
  private static func order(
    _ dataset: DatasetName, _ classes: ReportedClasses, _ reading: PublishedTable.Reading
  ) -> [Int] {
    let table = PublishedTable.all.first { $0.dataset == dataset }
    let published = table?.classes(reading) ?? []
    let first = published.compactMap { trainingID($0, classes) }
      .filter { classes.minority.contains($0) }
    return first + classes.minority.filter { !first.contains($0) }
  }
}

/// The data sets' own names for what the paper's columns call otherwise.
let publishedAliases = ["sign": "traffic sign", "light": "traffic light", "bike": "bicycle"]

/// The class that a column of the paper means; nil if the data set has none of that name.
func trainingID(_ published: String, _ classes: ReportedClasses) -> Int? {
  let names = classes.names.map {
    String($0.lowercased().map { $0 == "_" || $0 == "-" ? " " : $0 })
  }
  return names.firstIndex(of: published)
    ?? publishedAliases[published].flatMap { alias in names.firstIndex(of: alias) }
}
