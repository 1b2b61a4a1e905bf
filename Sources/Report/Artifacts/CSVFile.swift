import Files

extension ReportFile {
  /// A CSV file of one header line and records, which `pandas.read_csv` and R's `read.csv` read as it
  /// is: no comments, no marks, empty fields where a value is undefined.
  /// - Parameter caption: title, how the numbers were made, and notes; written to
  ///   `tables/captions.md`.
  static func csv(
    _ path: String, header: [String], _ records: [[String]], caption: [String]
  ) -> ReportFile {
    let lines = ([header] + records).map(csvLine)
    return ReportFile(path, .text(lines.joined(separator: "\n") + "\n"), caption: caption)
  }
}

extension [ReportFile] {
  /// These files, and `tables/captions.md` with the captions of those that have one.
  var withCaptions: [ReportFile] {
    let captioned = filter { !$0.caption.isEmpty }
    guard !captioned.isEmpty else { return self }
    var lines = [
      "# Captions of the CSV files", "",
      """
      Scores in the tables are percentages; `runs.csv` holds fractions with all digits. Differences \
      of scores are percentage points, in columns whose names end in `_points`. `sd`: sample \
      standard deviation over seeds, empty for a single one. Empty fields are undefined or missing. \
      Sizes such as `96x192` are height x width, in pixels.
      """,
      "",
    ]
    for file in captioned {
      lines += ["## `\(file.path)`", ""]
      for line in file.caption { lines += [escapeMarkdown(line), ""] }
    }
    return self + [ReportFile("tables/captions.md", .text(lines.joined(separator: "\n")))]
  }
}

/// A number in CSV with a fixed number of decimals; empty where there is none.
func csvNumber(_ value: Double?, _ decimals: Int) -> String {
  guard let value, value.isFinite else { return "" }
  return fixed(value, decimals)
}

/// A difference of fractions in CSV: percentage points with six decimals, in columns whose names end in
/// `_points`; empty where there is none.
func csvPoints(_ difference: Double?) -> String {
  csvNumber(difference.map { 100 * $0 }, 6)
}

/// A number in CSV with all its digits; empty where there is none.
func csvNumber(_ value: Double?) -> String {
  guard let value, value.isFinite else { return "" }
  return "\(value)"
}
