import Files
import Metrics
import Statistics

/// The order of the losses, the paper's and ours, with Kendall's tau.
struct Orders: Artifact {
  /// With fewer, not even complete agreement could be told from chance: of the 24 orders of four
  /// losses two agree or disagree completely, and 2 / 24 is above 0.05.
  static let fewest = 5

  struct Row {
    let panel: String
    let scores: PublishedScores
    /// The losses that both have, highest first.
    let theirs: [(base: String, percent: Double)]
    let ours: [(base: String, percent: Double)]
    /// nil for fewer than `fewest` losses, or if nothing is known about the error of ours.
    let agreement: RankAgreement?
    /// What agreement rests on, or why there is none.
    let basis: String
  }

  let rows: [Row]

  static let slug = "orders"
  static let title = "Order of the losses: the paper's and ours"

  /// nil where no panel has published scores.
  init?(_ comparisons: [PanelComparisons]) {
    rows = comparisons.flatMap { comparisons in
      PublishedScores.of(comparisons.panel).compactMap { Row(comparisons, $0) }
    }
    if rows.isEmpty { return nil }
  }

  private static let columns = [
    "paper's", "losses", "its order", "our order", "tau", "95 % interval", "basis",
  ]

  var markdown: String? {
    var lines = ["## \(Self.title)", ""]
    lines.append(
      markdownTable(
        ["panel"] + Self.columns, numeric: ["losses", "tau", "95 % interval"],
        rows.map { ([$0.panel] + $0.cells).map(escapeMarkdown) }))
    lines += [""] + Self.notes.map { "- " + escapeMarkdown($0) }
    lines += ["", "As `tables/\(Self.slug).csv`.", ""]
    return lines.joined(separator: "\n") + "\n"
  }

  func section(_ pictures: PagePictures) -> PageSection? {
    let isNumeric = ["losses", "tau"]
    let table = DataTable(
      caption: Self.title, rowHeader: "panel",
      columns: Self.columns.map { .init(title: $0, isNumeric: isNumeric.contains($0)) },
      rows: rows.map { DataTable.Row(label: $0.panel, cells: $0.cells) }, wraps: true)
    return PageSection(
      anchor: "orders", title: Self.title, body: "\(table.html)\n\(bullets(Self.notes))")
  }

  static let notes = [
    "Highest score first. Kendall's tau-b is 1 for the same order and -1 for the opposite one; an "
      + "interval that contains 0 cannot tell agreement from none. It covers our seeds and images "
      + "and, where the authors' logs allow it, reruns of theirs (docs/statistics.md), but not "
      + "other losses or settings.",
    "≈ between two of the paper's losses: their difference is smaller than the authors' rerun "
      + "noise (see the table of their differences), where it is known. Nothing here was tuned to "
      + "agree with the paper.",
  ]

  private static let header = [
    "panel", "source", "score", "losses", "paper_order", "paper_within_noise", "our_order", "tau",
    "low", "high", "seeds", "images", "basis",
  ]

  var files: [ReportFile] {
    [
      .csv(
        "tables/\(Self.slug).csv", header: Self.header, rows.map(\.fields),
        caption: [
          Self.title + ".",
          "paper_within_noise: neighbors in paper_order whose difference is smaller than the authors' "
            + "rerun noise.",
        ] + Self.notes.filter { !$0.hasPrefix("≈") })
    ]
  }
}

extension Orders.Row {
  /// Neighbors, highest first, and whether their difference is smaller than the authors' rerun noise.
  private var theirPairs: [(higher: String, lower: String, isNoise: Bool)] {
    zip(theirs, theirs.dropFirst()).map {
      ($0.base, $1.base, scores.noise?.covers($0.percent - $1.percent) ?? false)
    }
  }

  fileprivate var theirOrder: String {
    theirPairs.reduce(theirs.first?.base ?? "") { text, pair in
      text + (pair.isNoise ? " ≈ " : " > ") + pair.lower
    }
  }

  fileprivate var fields: [String] {
    let bounds = [
      agreement?.tau, agreement?.interval.lowerBound, agreement?.interval.upperBound,
    ]
    let noise = theirPairs.filter(\.isNoise).map { "\($0.higher) and \($0.lower)" }
    return [
      panel, scores.source, scores.title, "\(theirs.count)",
      theirs.map(\.base).joined(separator: " > "), noise.joined(separator: "; "), ourOrder,
    ] + bounds.map { csvNumber($0, 3) }
      + [agreement?.seeds, agreement?.images].map { $0.map(String.init) ?? "" } + [basis]
  }

  /// `=` between losses of the same score, such as 0.
  fileprivate var ourOrder: String {
    zip(ours, ours.dropFirst()).reduce(ours.first?.base ?? "") { text, pair in
      text + (pair.0.percent == pair.1.percent ? " = " : " > ") + pair.1.base
    }
  }

  fileprivate var cells: [String] {
    [
      "\(scores.source), \(scores.title)", "\(theirs.count)", theirOrder, ourOrder,
      agreement.map { fixed($0.tau, 2) } ?? dash,
      agreement.map {
        "[\(fixed($0.interval.lowerBound, 2)), \(fixed($0.interval.upperBound, 2))]"
      } ?? dash, basis,
    ]
  }

  /// nil where we have fewer than two of the losses.
  fileprivate init?(_ comparisons: PanelComparisons, _ scores: PublishedScores) {
    let shared = comparisons.sharedSeeds(of: scores.values.map(\.base))
    let theirs = scores.values.filter { shared.runs[$0.base] != nil }
    let runs = theirs.compactMap { shared.runs[$0.base] }
    let ours = zip(theirs, runs).compactMap { loss, runs in
      mean(runs.map { scores.score($0.totals) }).map { (base: loss.base, percent: 100 * $0) }
    }
    guard theirs.count > 1, ours.count == theirs.count else { return nil }
    (panel, self.scores) = (comparisons.title, scores)
    self.theirs = theirs.sorted { $0.percent > $1.percent }
    self.ours = ours.sorted { $0.percent > $1.percent }
    guard theirs.count >= Orders.fewest else {
      (agreement, basis) = (nil, "too few losses in common: tau takes \(Orders.fewest)")
      return
    }
    // Points here, fractions there.
    agreement = RankAgreement(
      theirs.map { $0.percent / 100 }, rerun: (scores.noise?.deviation ?? 0) / 100, runs: runs,
      scores.score)
    guard agreement != nil else {
      basis = "these runs say nothing about the error of our order"
      return
    }
    basis =
      "\(shared.seeds.count) \(shared.seeds.count == 1 ? "seed" : "seeds") and images"
      + (scores.noise == nil ? "; no rerun of theirs is known" : "; reruns of theirs")
  }
}

extension PanelComparisons {
  /// The runs of losses by name, each in the variant and parameters that come first, of the seeds
  /// that all of them have.
  fileprivate func sharedSeeds(
    of bases: [String]
  ) -> (seeds: [UInt64], runs: [String: [ResampledRun]]) {
    let own = bases.compactMap { base in
      loss(base).flatMap { resampled($0) }.map { (base, $0) }
    }
    guard let first = own.first else { return ([], [:]) }
    let seeds = first.1.keys.filter { seed in own.allSatisfy { $0.1[seed] != nil } }.sorted()
    guard !seeds.isEmpty else { return ([], [:]) }
    return (
      seeds,
      Dictionary(
        uniqueKeysWithValues: own.map { base, runs in (base, seeds.compactMap { runs[$0] }) })
    )
  }
}
