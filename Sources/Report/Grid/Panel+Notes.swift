import Files

extension Panel {
  /// Data set and network for readers.
  var title: String {
    let rendered = settings.allSatisfy { $0.shared.data.source == .rendered }
    let mixed = settings.contains { $0.shared.data.source == .rendered }
    let source = rendered ? " (rendered stand-in)" : mixed ? " (real and rendered)" : ""
    let engines = Set(rows.flatMap(\.runs).compactMap { $0.environment?.engine?.name }).sorted()
    let engine = engines.isEmpty ? "" : ", trained by \(engines.joined(separator: " and "))"
    return "\(dataset.title)\(source), \(network.title)\(engine)"
  }

  var scaledDown: [String] {
    settings.map { setting in
      let letter = letter(setting)
      return (letter.isEmpty ? "" : "[\(letter)] ") + setting.scaledDownLine
    }
  }

  /// The notes under each table: how seeds are averaged, and every gap in the sweep.
  var notes: [String] {
    var notes: [String] = []
    if rows.contains(where: { $0.runs.count > 1 }) {
      notes.append("Mean over seeds ± sample standard deviation (n - 1).")
    } else if rows.contains(where: { !$0.runs.isEmpty }) {
      notes.append(
        "One seed: no verdict. A difference between losses cannot be told apart from one between "
          + "seeds. --seeds with --keep adds seeds to these runs (docs/sweeps.md).")
    }
    if settings.count > 1 {
      notes.append(
        "Letters in brackets mark runs with different settings, which are never averaged.")
    }
    if indistinct.values.contains(where: { !$0.isEmpty }) {
      notes.append(
        "\(indistinctMark.dropFirst()) after a name: the difference from ce is inconclusive in mean "
          + "accuracy and mean IoU (table of differences). A loss with one seed never has this "
          + "mark, which is no verdict either.")
    }
    if !gaps.isEmpty {
      notes.append("Gaps (a dash; empty in CSV): " + gaps.joined(separator: "; ") + ".")
    }
    return notes
  }

  /// One phrase for each row that lacks runs, or one for all rows that lack the same.
  private var gaps: [String] {
    let found = rows.compactMap { row in gap(row).map { (label(row), $0) } }
    let isShared = found.count == rows.count && rows.count > 1 && Set(found.map(\.1)).count == 1
    return isShared ? ["every loss: \(found[0].1)"] : found.map { "\($0): \($1)" }
  }

  private func gap(_ row: GridRow) -> String? {
    let failed = row.failed.map { "seed \($0.configuration.seed) failed (\(oneLine($0.reason)))" }
    let missing = row.missing.map { "seed \($0) has no finished run" }
    var reasons = failed + missing
    if row.runs.isEmpty && reasons.isEmpty { reasons = ["has no run here"] }
    guard !reasons.isEmpty else { return nil }
    if !row.runs.isEmpty {
      let seeds = row.runs.map { String($0.configuration.seed) }.joined(separator: ", ")
      reasons.append("the row covers only \(row.runs.count == 1 ? "seed" : "seeds") \(seeds)")
    }
    return reasons.joined(separator: ", ")
  }

  private func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
