import Experiments
import Files
import Foundation
import Metrics

/// The scores of the same runs by two engines, and whether they agree.
///
/// The rule: with n seeds and sample standard deviations s (n - 1), two means agree if they differ by at
/// most 2 sqrt(s_A^2 / n + s_B^2 / n). With six seeds, it would reject about one in fourteen comparisons
/// of a program with itself.
package struct EngineParity {
  package let record: ParityRecord
  /// What only one engine trained, or too few seeds of, one line each.
  package let notCompared: [String]

  /// The smallest number of seeds by which a standard deviation is estimated.
  package static let leastSeeds = 3

  /// - Parameters:
  ///   - first: runs of one engine.
  ///   - second: runs of another, of the same configurations.
  /// - Throws: `UserError` if one list has runs of several engines, or both of one, or if no loss has
  ///   enough common seeds, or if the two used different images.
  package init(_ first: [RunRecord], _ second: [RunRecord]) throws {
    let kinds = try [first, second].map(Self.kind)
    guard kinds[0] != kinds[1] else {
      throw UserError("both folders hold runs trained by \(kinds[0]); give those of two engines")
    }
    try checkSameImages(first + second)
    let groups = Dictionary(grouping: first) { $0.configuration.withoutSeed }
    var (rows, left) = ([ParityRecord.Row](), [String]())
    for (configuration, runs) in groups.sorted(by: { $0.value[0].name < $1.value[0].name }) {
      let others = second.filter { $0.configuration.withoutSeed == configuration }
      let own = Metric.ofPaper.compactMap { Self.row(configuration, $0, runs, others) }
      rows += own
      let seeds = Set(runs.map(\.configuration.seed)).symmetricDifference(
        others.map(\.configuration.seed))
      let name = configuration.label.replacing(" s0", with: "")
      if own.count < Metric.ofPaper.count {
        left.append("\(name): fewer than \(Self.leastSeeds) seeds by both")
      } else if !seeds.isEmpty {
        let list = seeds.sorted().map(String.init).joined(separator: ", ")
        left.append("\(name): \(seeds.count == 1 ? "seed" : "seeds") \(list), by one engine alone")
      }
    }
    let known = Set(groups.keys)
    left += Set(second.map(\.configuration.withoutSeed)).subtracting(known).map {
      $0.label.replacing(" s0", with: "") + ": by one engine alone"
    }.sorted()
    notCompared = left
    guard !rows.isEmpty else {
      throw UserError(
        "no loss has \(Self.leastSeeds) seeds in both folders; give the results of the same sweep by two "
          + "engines")
    }
    record = ParityRecord(
      engines: kinds,
      trainedBy: [first, second].map { Set($0.map(\.environment.trainedBy)).sorted() }, rows: rows)
  }

  private static func kind(_ records: [RunRecord]) throws(UserError) -> String {
    let kinds = Set(records.map(\.environment.engineKind)).sorted()
    guard let kind = kinds.first else {
      throw UserError(
        "a folder has no finished run; give results folders ('import' adds a bundle's runs)")
    }
    guard kinds.count == 1 else {
      throw UserError(
        "a folder holds runs trained by \(kinds.joined(separator: " and ")); give one engine's")
    }
    return kind
  }

  private static func row(
    _ configuration: RunConfiguration, _ score: Metric, _ first: [RunRecord], _ second: [RunRecord]
  ) -> ParityRecord.Row? {
    func scores(_ runs: [RunRecord]) -> [UInt64: Double] {
      Dictionary(
        runs.compactMap { run in
          score.mean(run.confusion).map { (run.configuration.seed, 100 * $0) }
        }
      ) { first, _ in first }
    }
    let (a, b) = (scores(first), scores(second))
    let seeds = Set(a.keys).intersection(b.keys).sorted()
    let values = [a, b].map { side in seeds.compactMap { side[$0] } }
    guard seeds.count >= leastSeeds, let x = Statistic(values[0]), let y = Statistic(values[1]),
      let s = x.deviation, let t = y.deviation
    else { return nil }
    return ParityRecord.Row(
      configuration: configuration, score: "mean_\(score.name)", seeds: seeds, values: values,
      difference: y.mean - x.mean,
      bound: 2 * ((s * s + t * t) / Double(seeds.count)).squareRoot())
  }

  /// How many of the differences agree.
  package var verdict: String {
    let agreeing = record.rows.count(where: \.agrees)
    let left = notCompared.isEmpty ? "" : "; not all was compared (\(notCompared.count) left out)"
    return "\(agreeing) of \(record.rows.count) differences lie within the bound\(left)"
  }

  /// A page with the rule and a table for each score.
  package var markdown: String {
    var lines = [
      "# \(record.engines[0]) and \(record.engines[1]): the same runs by two engines", "",
      "**\(verdict).**", "",
      "With n seeds and sample standard deviations s (n - 1), two means agree if they differ by at most "
        + "2 sqrt(s_A^2 / n + s_B^2 / n). Scores are in percent.", "",
    ]
    for (kind, titles) in zip(record.engines, record.trainedBy) {
      lines.append("- \(kind): \(titles.joined(separator: "; "))")
    }
    lines.append("")
    for score in Metric.ofPaper { lines += table(score) }
    if !notCompared.isEmpty {
      lines += ["## Not compared", ""] + notCompared.map { "- \(escapeMarkdown($0))" } + [""]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ score: Metric) -> [String] {
    let header = [
      "data", "network", "loss", "engine", "seeds", "by seed", "mean ± sd", "difference", "bound",
      "within",
    ]
    let rows = record.rows.filter { $0.score == "mean_\(score.name)" }
    return [
      "## \(ClassMean(score).title.capitalizedFirst)", "",
      markdownTable(
        header, numeric: ["mean ± sd", "difference", "bound"], rows.flatMap(cells)), "",
    ]
  }

  /// A line for each engine; the difference stands on the second one's.
  private func cells(_ row: ParityRecord.Row) -> [[String]] {
    let run = row.configuration
    let network = NetworkName(
      architecture: run.architecture ?? .deeplabv3, backbone: run.backbone)
    return row.values.enumerated().map { index, values in
      let statistic = Statistic(values)
      let own =
        index == 0
        ? ["", "", ""]
        : [fixed(row.difference, 2), fixed(row.bound, 2), row.agrees ? "yes" : "**no**"]
      return [
        run.data.name.title, "\(network.title), width \(plain(run.width))", run.loss,
        record.engines[index], row.seeds.map(String.init).joined(separator: ", "),
        values.map { fixed($0, 2) }.joined(separator: ", "),
        "\(fixed(statistic?.mean ?? 0, 2)) ± \(fixed(statistic?.deviation ?? 0, 2))",
      ] + own
    }
  }
}
