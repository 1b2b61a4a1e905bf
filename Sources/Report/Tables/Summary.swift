import Experiments
import Files
import Metrics
import Models

/// `summary.csv`, one line per run: done, failed, or unfinished where it was planned and has no result
/// yet.
struct Summary: Artifact {
  let grid: Grid
  /// What names losses, and which learning rates a search chose.
  let input: ReportInput

  private static let settings = [
    "panel", "dataset", "architecture", "backbone", "loss", "seed", "iterations", "batch",
    "learning_rate", "optimizer", "width", "input", "scored_at",
  ]
  private static let scores = Metric.all.map { "mean_\($0.name)" } + ["pixel_accuracy", "seconds"]

  /// Settings that `settings` names otherwise.
  private static let known: Set = [
    "data.name", "architecture", "backbone", "loss", "seed", "training.iterations",
    "training.batch", "training.learningRate", "training.optimizer.name", "width", "data.height",
    "data.width", "data.evaluateHeight", "data.evaluateWidth", "data.scoredSize",
  ]

  var files: [ReportFile] {
    let further = furtherSettings
    return [
      .csv(
        "summary.csv", header: Self.settings + further + Self.scores + ["state"],
        grid.panels.flatMap { panel in panel.rows.flatMap { records($0, panel, further) } },
        caption: [
          "One row per run, finished or not; means over all classes that have a value, in percent.",
          """
          panel: the panel's short name, with the setting's letter where there are several. input: \
          of training, and scored_at: of the labels, both height x width, or files: each label \
          file's own. Settings in which runs of one panel differ have columns under their paths in \
          run.json.
          """,
          "runs.csv has all settings, the classes, and all digits.",
        ])
    ]
  }
  var markdown: String? { "One line per run: [summary.csv](summary.csv).\n" }

  /// The paths of further settings in which the settings of a panel differ.
  private var furtherSettings: [String] {
    let differing = grid.panels.flatMap { panel -> Set<String> in
      let values = panel.settings.map(\.shared.settings)
      return Set(values.flatMap(\.keys)).filter { key in Set(values.map { $0[key] }).count > 1 }
    }
    return Set(differing).subtracting(Self.known).sorted()
  }

  /// By seed.
  private func records(_ row: GridRow, _ panel: Panel, _ further: [String]) -> [[String]] {
    let noScores = Self.scores.map { _ in "" }
    let all = further.isEmpty ? [:] : row.setting.shared.settings
    let settings = settings(row) + further.map { all[$0] ?? "" }
    func record(_ seed: UInt64, _ values: [String], _ state: String) -> [String] {
      [
        panel.id(row.setting), panel.dataset.rawValue, panel.network.architecture.rawValue,
        panel.network.backbone.rawValue, row.loss.notation, "\(seed)",
      ] + settings + values + [state]
    }
    let done = row.runs.map { run in
      let scores = Metric.all.map { $0.mean(run.confusion) } + [run.confusion.pixelAccuracy]
      let percents = scores.map { csvNumber($0.map { 100 * $0 }, 2) }
      let seed = run.configuration.seed
      return (seed, record(seed, percents + [csvNumber(run.seconds, 1)], "done"))
    }
    let failed = row.failed.map(\.configuration.seed).map { ($0, record($0, noScores, "failed")) }
    let missing = row.missing.map { ($0, record($0, noScores, "unfinished")) }
    return (done + failed + missing).sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// Those after the seed.
  private func settings(_ row: GridRow) -> [String] {
    let shared = row.setting.shared
    return [
      "\(shared.training.iterations)", "\(shared.training.batch)", rate(row).map(plain) ?? "",
      (shared.training.optimizer ?? .standard).name.rawValue, plain(shared.width),
      "\(shared.data.height)x\(shared.data.width)", shared.data.scoredAt,
    ]
  }

  /// The learning rate; nil where the search for it has not chosen one.
  private func rate(_ row: GridRow) -> Double? {
    guard row.setting.isTuned else { return row.setting.shared.training.learningRate }
    let search = input.tuning.first { search in
      let chosen = search.chosenConfiguration.map { input.displayedLoss(of: $0) }
      return search.tunedSetting == row.setting && chosen == row.loss.notation
    }
    return search?.chosen?.learningRate
  }
}
